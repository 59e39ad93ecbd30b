// Writes a program that only compiles if each dashboard, each query, and each panel's options and custom fields are of the
// types that Grafana publishes: no unknown property, no wrong value. Enums count as their values.
import { readFileSync } from 'node:fs';

const panels = { stat: 'stat', bargauge: 'bargauge', timeseries: 'timeseries', table: 'table' };
const out = [`import type * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import type * as prometheus from '@grafana/grafana-foundation-sdk/prometheus';
import type * as common from '@grafana/grafana-foundation-sdk/common';
import type { DataLink } from '@grafana/data';
${Object.keys(panels).map((type) => `import type * as ${type} from '@grafana/grafana-foundation-sdk/${type}';`).join('\n')}

// As written in JSON: an enum is its value, and a method is nothing.
type Json<T> = unknown extends T ? any
  : T extends string ? \`\${T}\`
  : T extends number | boolean | null | undefined ? T
  : T extends (infer U)[] ? Json<U>[]
  : T extends object ? { [K in keyof T as T[K] extends Function ? never : K]: Json<T[K]> } : T;
type Partially<T> = T extends (infer U)[] ? Partially<U>[] : T extends object ? { [K in keyof T]?: Partially<T[K]> } : T;
type Dashboard = Omit<Json<dashboard.Dashboard>, 'panels' | 'annotations'> & { panels: any[]; annotations: { list: any[] } };
type Panel = Omit<Json<dashboard.Panel>, 'targets' | 'options'> & { targets: any[]; options: any };
type Row = Json<dashboard.RowPanel>;
// The builders' Dataquery is of a class of its own; the annotation query of Prometheus has fields of Prometheus.
type Query = Omit<Json<prometheus.Dataquery>, '_implementsDataqueryVariant'>;
type Annotation = Json<dashboard.AnnotationQuery> & { expr?: string; step?: string; titleFormat?: string; textFormat?: string; tagKeys?: string; useValueForTime?: boolean };
`];
const json = (value) => JSON.stringify(value, null, 2);
for (const name of ['fleet', 'host', 'program']) {
  const all = JSON.parse(readFileSync(`../dashboards/fd-exporter-${name}.json`, 'utf8'));
  out.push(`(${json({ ...all, panels: [], annotations: { list: [] } })}) satisfies Dashboard;`);
  for (const annotation of all.annotations.list) {
    out.push(`(${json(annotation)}) satisfies Annotation;`);
  }
  for (const panel of all.panels) {
    if (panel.type === 'row') {
      out.push(`(${json(panel)}) satisfies Row;`);
      continue;
    }
    const type = panels[panel.type];
    // The published types take the links of a field for those of a dashboard; a field's are DataLinks.
    const { links = [], ...defaults } = panel.fieldConfig.defaults;
    out.push(`(${json({ ...panel, targets: [], options: {}, fieldConfig: { ...panel.fieldConfig, defaults } })}) satisfies Panel;`);
    for (const link of [...links, ...panel.fieldConfig.overrides.flatMap((each) => each.properties).filter((each) => each.id === 'links').flatMap((each) => each.value)]) {
      out.push(`(${json(link)}) satisfies DataLink;`);
    }
    out.push(`(${json(panel.options)}) satisfies Partially<Json<${type}.Options>>;`);
    if (panel.fieldConfig.defaults.custom) {
      out.push(`(${json(panel.fieldConfig.defaults.custom)}) satisfies Partially<Json<${type === 'table' ? 'common.TableFieldOptions' : `${type}.FieldConfig`}>>;`);
    }
    for (const target of panel.targets) {
      out.push(`(${json(target)}) satisfies Query;`);
    }
  }
}
out.push('export {};');
console.log(out.join('\n'));
