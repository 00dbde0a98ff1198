// The urn: balls of K colours, drawn and put back as copies. Pure: no page, no clock.
// `counts` are the N balls that are replaced at every restocking, by colour; `kept` are the M balls
// that are put back every time. Of n balls drawn the one of the highest colour is taken, so colour
// 0 is the one that is avoided.

// A generator of numbers from 0 to 1 (mulberry32): the same seed gives the same urns.
export const urnRandom = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
};

export const urnSum = (values) => values.reduce((sum, value) => sum + value, 0);

// Share of each colour in the whole urn.
export const urnShares = (counts, kept) => {
  const whole = urnSum(counts) + urnSum(kept);
  return counts.map((count, i) => (count + kept[i]) / whole);
};

// Chance that two balls drawn have different colours.
export const urnDiversity = (shares) => 1 - urnSum(shares.map((p) => p * p));

export const urnDraw = (shares, random) => {
  let left = random();
  for (let colour = 0; colour < shares.length - 1; colour += 1) {
    left -= shares[colour];
    if (left < 0) return colour;
  }
  return shares.length - 1;
};

// One restocking: N times, the highest colour of n draws.
export const urnRestock = (counts, kept, n, random) => {
  const shares = urnShares(counts, kept);
  const next = counts.map(() => 0);
  for (let ball = urnSum(counts); ball > 0; ball -= 1) {
    let best = 0;
    for (let draw = 0; draw < n; draw += 1) best = Math.max(best, urnDraw(shares, random));
    next[best] += 1;
  }
  return next;
};

// Mean shares after 0, 1, 2, ... restockings without preference: q <- (1 - w) q + w r, where r are
// the shares among the kept balls and w = M / (N + M). Exact for every N.
export const urnMeanShares = (counts, kept, times) => {
  const [own, same] = [urnSum(counts), urnSum(kept)];
  const w = same / (own + same);
  const r = kept.map((count) => (same ? count / same : 0));
  const rows = [urnShares(counts, kept)];
  while (rows.length <= times) {
    const last = rows[rows.length - 1];
    rows.push(last.map((q, i) => (1 - w) * q + w * r[i]));
  }
  return rows;
};

// Mean diversity after 0, 1, 2, ... restockings without preference. With S = E[sum q^2]:
// S' = (1 - w)^2 (1/N + (1 - 1/N) S) + 2 w (1 - w) sum r E[q] + w^2 sum r^2.
export const urnMeanDiversity = (counts, kept, times) => {
  const [own, same] = [urnSum(counts), urnSum(kept)];
  const w = same / (own + same);
  const r = kept.map((count) => (same ? count / same : 0));
  const means = urnMeanShares(counts, kept, times);
  const values = [urnDiversity(means[0])];
  for (let t = 0; t < times; t += 1) {
    const drawn = 1 / own + (1 - 1 / own) * (1 - values[t]);
    const mixed = urnSum(means[t].map((q, i) => r[i] * q));
    const squares = urnSum(r.map((share) => share * share));
    values.push(1 - ((1 - w) ** 2 * drawn + 2 * w * (1 - w) * mixed + w * w * squares));
  }
  return values;
};

// Chances of 0..size successes among `size` trials.
export const urnBinomial = (size, chance) => {
  if (chance <= 0 || chance >= 1) {
    return Array.from({ length: size + 1 }, (_, k) => Number(k === (chance <= 0 ? 0 : size)));
  }
  const row = [size * Math.log(1 - chance)];
  const odds = Math.log(chance) - Math.log(1 - chance);
  for (let k = 0; k < size; k += 1) row.push(row[k] + odds + Math.log((size - k) / (k + 1)));
  return row.map(Math.exp);
};

// Mean share of colour 0 after 0, 1, 2, ... restockings with best of n. A ball of colour 0 is
// taken only if all n are: chance q^n. So the number of its own balls is a Markov chain by itself:
// k' ~ Binomial(N, q^n) with q = (k + m) / (N + M). Exact for every N, M and n.
export const urnMeanAvoided = (counts, kept, n, times) => {
  const [own, whole] = [urnSum(counts), urnSum(counts) + urnSum(kept)];
  const share = (k) => (k + kept[0]) / whole;
  const moves = Array.from({ length: own + 1 }, (_, k) => urnBinomial(own, share(k) ** n));
  let chances = Array.from({ length: own + 1 }, (_, k) => Number(k === counts[0]));
  const values = [share(counts[0])];
  while (values.length <= times) {
    const next = chances.map(() => 0);
    chances.forEach((chance, k) => {
      if (chance > 1e-12) moves[k].forEach((move, j) => { next[j] += chance * move; });
    });
    chances = next;
    values.push(urnSum(chances.map((chance, k) => chance * share(k))));
  }
  return values;
};

// The mean of many urns over the restockings, of whatever `measure` says of an urn's shares.
export const urnMany = (counts, kept, n, times, urns, seed, measure) => {
  const sums = Array.from({ length: times + 1 }, () => 0);
  const random = urnRandom(seed);
  for (let urn = 0; urn < urns; urn += 1) {
    let now = counts;
    for (let t = 0; t <= times; t += 1) {
      sums[t] += measure(urnShares(now, kept));
      now = urnRestock(now, kept, n, random);
    }
  }
  return sums.map((sum) => sum / urns);
};
