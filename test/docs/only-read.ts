/** Loaded before a program: it reads what was typed, and ends there, with 0 if it understands. */
import { Command } from 'commander';

const { parse } = Command.prototype;
Command.prototype.parse = function (...given) {
  parse.apply(this, given);
  process.exit(0);
};
