import type { Tuned } from './tune.ts';

const WIDTH = 720;
const HEIGHT = 360;
const LEFT = 60;
const RIGHT = 60;
const TOP = 40;
const BOTTOM = 50;

type Point = readonly [x: number, y: number];

/** The curve as an SVG picture: alarms by threshold, and precision and recall where incidents are known. */
export function tunedSvg({ history, tried, current, chosen }: Tuned): string {
  const bounds = tried.map(({ fire }) => fire.bound).filter(Number.isFinite);
  // Of a budget alone there is no bound: it stands where the others begin.
  const low = bounds.length === 0 ? 0 : Math.min(...bounds);
  const high = bounds.length === 0 ? 0 : Math.max(...bounds);
  const most = Math.max(1, ...tried.map(({ alarms }) => alarms.length));
  const x = (bound: number) => LEFT + ((Math.max(low, bound) - low) / (high - low || 1)) * (WIDTH - LEFT - RIGHT);
  const y = (share: number) => HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  const alarms = tried.map(({ fire, alarms: all }): Point => [x(fire.bound), y(all.length / most)]);
  const shares = (key: 'precision' | 'recall') =>
    tried.flatMap(({ fire, agreement }): Point[] => {
      const share = agreement?.[key] ?? null;
      return share === null ? [] : [[x(fire.bound), y(share)]];
    });
  const marks = [
    mark(x(current.fire.bound), `now ${current.fire.text}`, TOP - 8),
    ...(chosen === null ? [] : [mark(x(chosen.fire.bound), `take ${chosen.fire.text}`, TOP - 22)]),
  ];
  const title = `${history.rule.alert}: alarms by threshold`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" font-family="sans-serif" font-size="12">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="white"/>`,
    `<path d="M${LEFT} ${TOP}V${HEIGHT - BOTTOM}H${WIDTH - RIGHT}V${TOP}" fill="none" stroke="#888"/>`,
    label(LEFT, HEIGHT - BOTTOM + 18, String(low)),
    label(WIDTH - RIGHT, HEIGHT - BOTTOM + 18, String(high), 'end'),
    label(WIDTH / 2, HEIGHT - 12, title, 'middle'),
    label(LEFT - 6, y(1) + 4, String(most), 'end'),
    label(LEFT - 6, y(0) + 4, '0', 'end'),
    ...marks,
    line(alarms, '#c0392b', 'alarms', 0),
    ...(current.agreement === null
      ? []
      : [line(shares('precision'), '#2471a3', 'precision', 1), line(shares('recall'), '#1e8449', 'recall', 2)]),
    '</svg>',
    '',
  ].join('\n');
}

function line(points: readonly Point[], colour: string, name: string, place: number): string {
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const key = `<text x="${WIDTH - RIGHT + 4}" y="${TOP + 16 * (place + 1)}" fill="${colour}">${name}</text>`;
  return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${key}`;
}

function mark(x: number, text: string, y: number): string {
  return `<path d="M${x.toFixed(1)} ${TOP}V${HEIGHT - BOTTOM}" stroke="#aaa" stroke-dasharray="4 3"/>${label(x, y, text, 'middle')}`;
}

function label(x: number, y: number, text: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="#333">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
