/**
 * A process that imports a module and prints the CPU time that this took, of all threads, in milliseconds. Under Lambda a
 * cold start is short of CPU, not of time to wait. It is JavaScript, so that Node has no types to strip meanwhile.
 */
const { module } = JSON.parse(process.argv[2]);
const before = process.cpuUsage();
await import(module);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
