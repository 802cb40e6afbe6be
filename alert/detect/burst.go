package detect

import (
	"math"
	"slices"
	"time"
)

// Burst is a stretch in which something comes faster than usual. Bursts of
// higher levels lie inside those of lower ones.
type Burst struct {
	Level int // 1 and up; each level is a doubling of the rate
	From  time.Time
	To    time.Time
}

const (
	mostBurstTimes  = 5000
	mostBurstLevels = 24
)

// Bursts finds the bursts of a history (Kleinberg, "Bursty and hierarchical
// structure in streams", 2002, with the scale 2): a path through states of
// doubling rates, where each step up costs gamma·ln n. Times that are equal are
// one. More than 5,000 times are thinned out evenly.
func Bursts(times []time.Time, gamma float64) []Burst {
	times = slices.Clone(times)
	slices.SortFunc(times, time.Time.Compare)
	times = slices.CompactFunc(times, time.Time.Equal)
	if step := (len(times) + mostBurstTimes - 1) / mostBurstTimes; step > 1 {
		thin := times[:0]
		for i := 0; i < len(times); i += step {
			thin = append(thin, times[i])
		}
		times = thin
	}
	if len(times) < 3 {
		return nil
	}
	gaps := make([]float64, len(times)-1)
	for i := range gaps {
		gaps[i] = times[i+1].Sub(times[i]).Seconds()
	}
	return spans(times, burstPath(gaps, gamma))
}

// burstPath is the cheapest state for each gap, by dynamic programming.
func burstPath(gaps []float64, gamma float64) []int {
	n := float64(len(gaps))
	var total float64
	for _, g := range gaps {
		total += g
	}
	levels := int(math.Ceil(1 + math.Log2(total) - math.Log2(slices.Min(gaps))))
	levels = min(mostBurstLevels, max(1, levels))
	climb := gamma * math.Log(n)
	cost := make([]float64, levels)
	for j := 1; j < levels; j++ {
		cost[j] = math.Inf(1)
	}
	from := make([][]int, len(gaps))
	for t, gap := range gaps {
		next := make([]float64, levels)
		from[t] = make([]int, levels)
		for j := range next {
			best, at := math.Inf(1), 0
			for i, c := range cost {
				if c += float64(max(0, j-i)) * climb; c < best {
					best, at = c, i
				}
			}
			rate := math.Exp2(float64(j)) * n / total
			next[j], from[t][j] = best-math.Log(rate)+rate*gap, at
		}
		cost = next
	}
	path := make([]int, len(gaps))
	at := 0
	for j := range cost {
		if cost[j] < cost[at] {
			at = j
		}
	}
	for t := len(gaps) - 1; t >= 0; t-- {
		path[t] = at
		at = from[t][at]
	}
	return path
}

// spans turns states into bursts, the lowest level first where they begin
// together.
func spans(times []time.Time, path []int) []Burst {
	var done, open []Burst
	for t, state := range append(path, 0) {
		for len(open) > state {
			last := open[len(open)-1]
			last.To = times[t]
			done, open = append(done, last), open[:len(open)-1]
		}
		for len(open) < state {
			open = append(open, Burst{Level: len(open) + 1, From: times[t]})
		}
	}
	slices.SortStableFunc(done, func(a, b Burst) int {
		if c := a.From.Compare(b.From); c != 0 {
			return c
		}
		return a.Level - b.Level
	})
	return done
}
