import { Color } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmDefinition, nameOf } from '../alarms/alarm-definition.ts';
import type { Section } from './section.ts';

/** The figure that each alarm looks at, with the threshold above which it is too much. */
export function alarmsSection(definitions: readonly AlarmDefinition[]): Section {
  return {
    heading: 'What the alarms look at',
    description: 'An alarm fires when its figure is above the line for as long as it says.',
    graphs: definitions.map((definition) => ({
      title: nameOf(definition),
      width: 8,
      axis: { min: 0 },
      lines: [definition.metric],
      marks: [{ value: definition.threshold, label: `alarm: ${patience(definition)}`, color: Color.RED }],
    })),
  };
}

function patience({ periods, outOf = periods, period }: AlarmDefinition): string {
  const minutes = (periods * period.toSeconds()) / 60;
  const above = `above for ${minutes} min`;
  return outOf > periods ? `${above}, until ${(outOf * period.toSeconds()) / 60} min are without` : above;
}
