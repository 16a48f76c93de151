/** A part of the dashboard: a heading, and graphs side by side. */
import {
  GraphWidget,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  Row,
  TextWidget,
  type YAxisProps,
} from 'aws-cdk-lib/aws-cloudwatch';

export interface Section {
  readonly heading: string;
  /** What to read from it, in a sentence of Markdown. */
  readonly description: string;
  readonly graphs: readonly Graph[];
}

export interface Graph {
  readonly title: string;
  /** Columns of 24. */
  readonly width: number;
  readonly lines: readonly IMetric[];
  /** Whether the lines are areas on top of each other. */
  readonly stacked?: boolean;
  readonly axis?: YAxisProps;
  /** Figures to compare the lines with. */
  readonly marks?: readonly HorizontalAnnotation[];
}

/** All columns of a dashboard. */
export const FULL_WIDTH = 24;

const GRAPH_HEIGHT = 6;

/** Makes the widgets: new ones each time, since a widget has its place on one dashboard. */
export function widgetsOf({ heading, description, graphs }: Section): IWidget[] {
  return [textWidget(`### ${heading}\n\n${description}`), new Row(...graphs.map(graphWidget))];
}

/** Text over the whole width. */
export function textWidget(markdown: string): TextWidget {
  return new TextWidget({ markdown, width: FULL_WIDTH, height: 2 });
}

function graphWidget({ title, width, lines, stacked = false, axis, marks = [] }: Graph): GraphWidget {
  return new GraphWidget({
    title,
    width,
    height: GRAPH_HEIGHT,
    stacked,
    left: [...lines],
    leftAnnotations: [...marks],
    ...(axis && { leftYAxis: axis }),
  });
}
