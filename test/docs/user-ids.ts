/** UserIds that SQS takes as a message group, and some that it does not. */
export const USER_IDS = [
  ...['user-0042', '!~[]\\^`{|}"\'$(x)*?', 'x'.repeat(128)],
  ...['x'.repeat(129), 'with space', 'é', '用户', 'a\nb', 'é'.repeat(200)],
];
