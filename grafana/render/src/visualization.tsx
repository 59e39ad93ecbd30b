// The four kinds of panels, by the components of @grafana/ui and the field rules and transformations of @grafana/data.
import {
  applyFieldOverrides, cacheFieldDisplayNames, type DataFrame, dateTime, FieldConfigOptionsRegistry, type FieldDisplay, getDisplayValueAlignmentFactors,
  getFieldDisplayValues,
} from '@grafana/data';
import { BarGauge, BigValue, TimeSeries, useTheme2, VizRepeater } from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { useMemo } from 'react';

/** Every property that the dashboards set; Grafana's core registers them with their editors, which nobody needs here. */
const registry = new FieldConfigOptionsRegistry(() => [
  ...['unit', 'min', 'max', 'decimals', 'displayName', 'noValue', 'thresholds', 'mappings', 'links', 'color'].map((id) => [id, false] as const),
  ...['drawStyle', 'lineInterpolation', 'lineWidth', 'lineStyle', 'fillOpacity', 'gradientMode', 'showPoints', 'spanNulls', 'axisPlacement', 'axisLabel',
    'axisBorderShow', 'axisSoftMax', 'scaleDistribution', 'stacking', 'thresholdsStyle', 'hideFrom', 'hideFrom.viz', 'align', 'cellOptions', 'inspect', 'width', 'minWidth'].map((id) => [id, true] as const),
].map(([id, isCustom]) => ({
  id: isCustom ? `custom.${id}` : id, path: id, name: id, isCustom, editor: () => null, override: () => null, process: (value: unknown) => value, shouldApply: () => true,
}) as any));

interface Props {
  panel: any;
  frames: DataFrame[];
  width: number;
  height: number;
  from: number;
  to: number;
}

const unchanged = (text: string) => text;

export function Visualization({ panel, frames, width, height, from, to }: Props) {
  const theme = useTheme2();
  const data = useMemo(() => {
    const applied = applyFieldOverrides({
      data: frames, fieldConfig: structuredClone(panel.fieldConfig), fieldConfigRegistry: registry, replaceVariables: unchanged, theme, timeZone: 'utc',
    });
    cacheFieldDisplayNames(applied);
    return applied;
  }, [panel, frames, theme]);
  const range = { from: dateTime(from), to: dateTime(to), raw: { from: dateTime(from), to: dateTime(to) } };

  if (data.every((frame) => frame.length === 0)) {
    return (
      <div style={{ width, height, display: 'flex', alignItems: 'center', justifyContent: 'center', color: theme.colors.text.secondary }}>
        {panel.fieldConfig.defaults.noValue ?? 'No data'}
      </div>
    );
  }

  if (panel.type === 'table') {
    return <TableNG data={data[0]} width={width} height={height} sortBy={panel.options.sortBy} cellHeight={panel.options.cellHeight} fieldConfig={panel.fieldConfig} enableVirtualization={false} timeRange={range} noValue={panel.fieldConfig.defaults.noValue} />;
  }

  if (panel.type === 'timeseries') {
    return <TimeSeries frames={data} width={width} height={height} timeRange={range} timeZone="utc" legend={panel.options.legend} structureRev={1} />;
  }

  const values = () => getFieldDisplayValues({
    fieldConfig: panel.fieldConfig, reduceOptions: panel.options.reduceOptions, replaceVariables: unchanged, theme, data,
    sparkline: panel.options.graphMode === 'area', timeZone: 'utc',
  });
  const horizontal = panel.options.orientation === 'horizontal' ? 'horizontal' : panel.options.orientation === 'vertical' ? 'vertical' : width > height ? 'vertical' : 'horizontal';
  return (
    <VizRepeater
      source={data} getValues={values} width={width} height={height} renderCounter={0} orientation={horizontal as any} itemSpacing={8}
      minVizWidth={panel.options.minVizWidth} minVizHeight={panel.options.minVizHeight} maxVizHeight={panel.options.maxVizHeight}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value, width, height, orientation, count, alignmentFactors }) => panel.type === 'stat' ? (
        <BigValue
          value={(value as FieldDisplay).display} sparkline={spark(value as FieldDisplay, range)} width={width} height={height} theme={theme} count={count}
          colorMode={panel.options.colorMode} graphMode={panel.options.graphMode} justifyMode={panel.options.justifyMode} textMode={panel.options.textMode}
          disableWideLayout={!panel.options.wideLayout} text={panel.options.text} alignmentFactors={alignmentFactors as any}
        />
      ) : (
        <BarGauge
          value={(value as FieldDisplay).display} field={(value as FieldDisplay).field} display={(value as any).view?.getFieldDisplayProcessor((value as any).colIndex)} text={panel.options.text}
          width={width} height={height} theme={theme} orientation={orientation} displayMode={panel.options.displayMode} valueDisplayMode={panel.options.valueMode}
          namePlacement={panel.options.namePlacement} showUnfilled={panel.options.showUnfilled} itemSpacing={8} lcdCellWidth={12} alignmentFactors={alignmentFactors as any}
        />
      )}
    />
  );
}

function spark({ sparkline }: FieldDisplay, range: any) {
  return sparkline && { ...sparkline, timeRange: range };
}
