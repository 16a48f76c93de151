/** A set of small whole numbers, of which there may be many millions. */
export interface NumberSet {
  has(number: number): boolean;
  add(number: number): void;
}

export function createNumberSet(): NumberSet {
  let members = new Uint8Array(1024);
  return {
    has: (number) => members[number] === 1,
    add: (number) => {
      if (number >= members.length) {
        const larger = new Uint8Array(2 * number);
        larger.set(members);
        members = larger;
      }
      members[number] = 1;
    },
  };
}
