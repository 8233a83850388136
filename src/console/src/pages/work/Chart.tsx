import { LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import type { Step } from '../../api/statistics';
import { useDark } from '../../app/useDark';
import { localText } from '../../shared/time';

echarts.use([LineChart, GridComponent, LegendComponent, TooltipComponent, AriaComponent, CanvasRenderer]);

/** Told apart by everybody (Okabe and Ito), on light ground and on dark; each line has a mark of its own too. */
const COLORS = {
  light: ['#0072b2', '#009e73', '#d55e00', '#555555'],
  dark: ['#56b4e9', '#2fc79b', '#e69f00', '#c8c8c8'],
};
const NARROW = 400;
const MARKS = ['circle', 'rect', 'triangle', 'diamond'];

interface Props {
  label: string;
  step: Step;
  times: string[];
  lines: { name: string; values: number[] }[];
}

/** Lines over time, drawn by ECharts. */
export default function Chart({ label, step, times, lines }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const isDark = useDark();
  useEffect(() => {
    if (!element.current) {
      return;
    }
    const chart = echarts.init(element.current);
    const ink = isDark ? '#d0d0d0' : '#444444';
    const faint = isDark ? '#3a3a3a' : '#e4e4e4';
    chart.setOption({
      color: COLORS[isDark ? 'dark' : 'light'],
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      // On a phone the legend has two lines.
      grid: { left: 8, right: 12, top: element.current.clientWidth < NARROW ? 60 : 36, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, textStyle: { color: ink } },
      // Drawn, not written into the document: styles in texts are refused by the Content-Security-Policy.
      tooltip: { trigger: 'axis', renderMode: 'richText' },
      xAxis: {
        type: 'category',
        data: times.map((time) => (step === 'hour' ? localText(time).slice(5, 16) : localText(time).slice(5, 10))),
        axisLabel: { color: ink, hideOverlap: true },
        axisLine: { lineStyle: { color: faint } },
      },
      yAxis: {
        type: 'value',
        minInterval: 0,
        axisLabel: { color: ink },
        splitLine: { lineStyle: { color: faint } },
      },
      series: lines.map(({ name, values }, index) => ({
        name,
        type: 'line',
        data: values,
        symbol: MARKS[index % MARKS.length],
        symbolSize: 7,
        lineStyle: { width: 2 },
      })),
    });
    const observer = new ResizeObserver(() => chart.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      chart.dispose();
    };
  }, [isDark, step, times, lines]);
  return <div ref={element} className="chart" role="img" aria-label={label} />;
}
