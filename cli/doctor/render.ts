/** What was found, as a table for people and as a document for programs. */
import { printable, renderTable, styled } from '../terminal.ts';
import { type Finding, type Verdict, worst } from './finding.ts';

const STYLES = { ok: 'green', warning: 'yellow', failed: 'red' } as const;

/** Off a terminal, in a log or a ticket. */
const COLUMNS_OFF_TERMINAL = 110;

export function renderFindings(findings: readonly Finding[], columns = process.stdout.columns): string {
  const rows = findings.map(({ check, verdict, says, problems }) => [
    check,
    styled(STYLES[verdict], verdict),
    [
      ...(says === undefined ? [] : [printable(says)]),
      ...problems.flatMap(({ says: what, todo }) => [printable(what), `-> ${printable(todo)}`]),
    ].join('\n'),
  ]);
  return [
    renderTable(['Check', 'Verdict', 'What it is, and what to do'], rows, columns || COLUMNS_OFF_TERMINAL),
    summary(findings),
  ].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const count = (verdict: Verdict) => findings.filter((finding) => finding.verdict === verdict).length;
  return `${count('ok')} ok, ${count('warning')} with a warning, ${count('failed')} failed.`;
}

/** The document of `--json`. */
export function findingsToJson(name: string, findings: readonly Finding[]) {
  return { name, verdict: worst(findings.map(({ verdict }) => verdict)), findings };
}
