// What Prometheus answered, as the data frames that Grafana's Prometheus data source makes of it.
import { type DataFrame, FieldType, type Labels, toDataFrame } from '@grafana/data';

export interface Series {
  metric: Labels;
  value?: [number, string];
  values?: Array<[number, string]>;
}

const number = (text: string) => (text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text));

function legend(format: string, labels: Labels) {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label) => labels[label] ?? '');
}

export function framesOf(panel: any, answers: Series[][]): DataFrame[] {
  return panel.targets.flatMap((target: any, index: number): DataFrame[] => {
    const answer = answers[index];
    if (target.format === 'table') {
      return answer.length ? [table(target.refId, panel.targets.length > 1, answer)] : [];
    }

    return answer.map(({ metric, value, values = [value!] }) => {
      // A scrape that failed, a rule without a value: a gap, which is not drawn over.
      const samples = withGaps(values);
      return toDataFrame({
        refId: target.refId,
        fields: [
          { name: 'Time', type: FieldType.time, values: samples.map((sample) => sample[0] * 1000), config: {} },
          { name: 'Value', type: FieldType.number, labels: metric, values: samples.map((sample) => sample[1]), config: { displayNameFromDS: legend(target.legendFormat, metric) } },
        ],
      });
    });
  });
}

function withGaps(values: Array<[number, string]>): Array<[number, number | null]> {
  return values.flatMap(([time, text], i): Array<[number, number | null]> => {
    const gap = i > 0 && time - values[i - 1][0] > 1.5;
    return gap ? [[time - 1, null], [time, number(text)]] : [[time, number(text)]];
  });
}

function table(refId: string, many: boolean, answer: Series[]): DataFrame {
  const labels = [...new Set(answer.flatMap((each) => Object.keys(each.metric)))].sort();
  return toDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: answer.map((each) => each.value![0] * 1000), config: {} },
      ...labels.map((label) => ({ name: label, type: FieldType.string, values: answer.map((each) => each.metric[label] ?? ''), config: {} })),
      { name: many ? `Value #${refId}` : 'Value', type: FieldType.number, values: answer.map((each) => number(each.value![1])), config: {} },
    ],
  });
}
