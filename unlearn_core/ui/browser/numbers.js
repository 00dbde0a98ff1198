// How numbers are written. Pure: no page.

export const percent = (share) => `${Math.round(share * 100)} %`;

// With a digit more where it matters, and never 0 or 100 where that is not exact.
export const finePercent = (share) => {
  const value = share * 100;
  if (value > 0 && value < 0.1) return "<0.1 %";
  if (value >= 99.95 && value < 100) return ">99.9 %";
  return `${value.toFixed(value < 10 ? 1 : 0)} %`;
};

export const showNumber = (value, isShare) => {
  if (value === null || value === undefined) return "–";
  if (isShare) {
    const share = value * 100;
    return `${share.toFixed(share > 0 && share < 10 ? 1 : 0)} %`;
  }
  return value.toFixed(Math.abs(value) >= 100 ? 0 : 1);
};

export const showDuration = (seconds) => {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
};

export const shorten = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// For Plotly alone, which reads its texts as HTML.
export const escapeText = (text) =>
  String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

// A text of Python with its places, {n} or {name}, filled.
export const fill = (words, values) => words.replace(/\{(\w+)\}/g, (_, key) => values[key]);

// Index of the last value at or before the wanted one, of values in order; 0 where all are later.
export const nearest = (values, wanted) => {
  let place = 0;
  values.forEach((value, i) => {
    if (value <= wanted) place = i;
  });
  return place;
};

// Exponential moving average that starts at the first value and leaves gaps as they are.
export const smooth = (values, weight) => {
  if (!weight) return values;
  let kept = null;
  return values.map((value) => {
    if (value === null) return null;
    kept = kept === null ? value : weight * kept + (1 - weight) * value;
    return kept;
  });
};
