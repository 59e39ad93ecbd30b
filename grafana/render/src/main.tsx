// Draws one dashboard from what record.mjs wrote: ?dashboard=host|fleet|program&theme=dark|light.
import '@fontsource/inter/400.css';
import '@fontsource/inter/500.css';
import '@fontsource/inter/600.css';
import '@fontsource/roboto-mono/400.css';
import {
  createTheme, type DataFrame, type GrafanaTheme2, standardTransformers, standardTransformersRegistry, ThemeContext, transformDataFrame,
} from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { GlobalStyles, Icon, PanelChrome } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { lastValueFrom } from 'rxjs';
import { framesOf, type Series } from './frames';
import { Visualization } from './visualization';

standardTransformersRegistry.setInit(() => [standardTransformers.mergeTransformer, standardTransformers.organizeFieldsTransformer, standardTransformers.renameByRegexTransformer]
  .map((transformation) => ({ id: transformation.id, name: transformation.name, transformation: async () => transformation, editor: () => null, imageDark: '', imageLight: '' }) as any));

const pageWidth = 1280;
const pagePadding = 16;
const gap = 8;
const rowHeight = 30;

const parameters = new URLSearchParams(location.search);
const name = parameters.get('dashboard') ?? 'host';
const theme = createTheme({ colors: { mode: parameters.get('theme') === 'light' ? 'light' : 'dark' } });

interface Recorded {
  from: number;
  to: number;
  dashboards: Record<string, { panels: Record<string, Series[][]> }>;
}

function place(grid: { x: number; y: number; w: number; h: number }) {
  const column = (pageWidth - 2 * pagePadding + gap) / 24;
  return { left: grid.x * column, top: grid.y * (rowHeight + gap), width: grid.w * column - gap, height: grid.h * (rowHeight + gap) - gap };
}

function Variables({ dashboard }: { dashboard: any }) {
  const values: Record<string, string> = { datasource: 'Prometheus', job: 'fd-exporter', instance: name === 'host' ? 'web-1:10070' : 'All', group: name === 'program' ? 'appserver' : 'All' };
  const box = { border: `1px solid ${theme.colors.border.medium}`, borderRadius: 2, padding: '5px 8px', background: theme.components.input.background };
  return (
    <div style={{ display: 'flex', gap: 8, alignItems: 'center', height: 32 }}>
      {dashboard.templating.list.filter((each: any) => each.hide !== 2).map((each: any) => (
        <div key={each.name} style={{ display: 'flex' }}>
          <span style={{ ...box, background: theme.colors.background.secondary, fontWeight: 500, fontSize: 12, borderRight: 0 }}>{each.label}</span>
          <span style={{ ...box, fontSize: 12 }}>{values[each.name]}</span>
        </div>
      ))}
      <span style={{ flex: 1 }} />
      {dashboard.links.map((each: any) => (
        <span key={each.title} style={{ ...box, fontSize: 12, background: theme.colors.secondary.main }}>
          <Icon name={each.icon === 'dashboard' ? 'apps' : each.icon === 'doc' ? 'file-alt' : 'external-link-alt'} size="sm" /> {each.title}
        </span>
      ))}
    </div>
  );
}

function Page({ dashboard, recorded, frames }: { dashboard: any; recorded: Recorded; frames: Record<string, DataFrame[]> }) {
  const rows = Math.max(...dashboard.panels.map((panel: any) => panel.gridPos.y + panel.gridPos.h));
  return (
    <div style={{ width: pageWidth, padding: pagePadding, background: theme.colors.background.canvas, fontFamily: theme.typography.fontFamily, color: theme.colors.text.primary }}>
      <div style={{ fontSize: 18, fontWeight: 500, marginBottom: 10 }}>{dashboard.title}</div>
      <Variables dashboard={dashboard} />
      <div style={{ position: 'relative', height: rows * (rowHeight + gap) - gap, marginTop: 12 }}>
        {dashboard.panels.map((panel: any) => {
          const box = place(panel.gridPos);
          if (panel.type === 'row') {
            return (
              <div key={panel.id} style={{ position: 'absolute', ...box, display: 'flex', alignItems: 'center', gap: 6, fontWeight: 500, fontSize: 14 }}>
                <Icon name="angle-down" /> {panel.title}
              </div>
            );
          }

          return (
            <div key={panel.id} id={`panel-${panel.id}`} style={{ position: 'absolute', left: box.left, top: box.top }}>
              <PanelChrome title={panel.title} description={panel.description} width={box.width} height={box.height}>
                {(width, height) => (
                  <Visualization panel={panel} frames={frames[panel.id]} width={width} height={height} from={recorded.from} to={recorded.to} />
                )}
              </PanelChrome>
            </div>
          );
        })}
      </div>
    </div>
  );
}

async function main() {
  await initPluginTranslations('fd-exporter', []);
  const [dashboard, recorded] = await Promise.all(
    [`/fd-exporter-${name}.json`, '/recorded.json'].map(async (path) => (await fetch(path)).json()));
  const frames: Record<string, DataFrame[]> = {};
  for (const panel of dashboard.panels.filter((each: any) => each.type !== 'row')) {
    frames[panel.id] = await lastValueFrom(transformDataFrame(panel.transformations ?? [], framesOf(panel, recorded.dashboards[name].panels[panel.id])));
  }

  document.body.style.margin = '0';
  createRoot(document.getElementById('root')!).render(
    <ThemeContext.Provider value={theme as GrafanaTheme2}>
      <GlobalStyles hackNoBackdropBlur={false} isExtensionSidebarOpen={false} />
      <Page dashboard={dashboard} recorded={recorded} frames={frames} />
    </ThemeContext.Provider>);
  document.fonts.ready.then(() => setTimeout(() => (document.title = 'drawn'), 1500));
}

void main();
