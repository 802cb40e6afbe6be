package archive

import (
	"context"
	"fmt"
	"math"

	"hearth"
	"hearth/archive/index"
	"hearth/db"
	"hearth/monitor/interval"
)

// sampleSize is how many candidates are read where a number is judged by a
// sample. A share of a half is then known to two percent, one of a hundredth to
// a half of itself; fewer candidates than these are all read.
const sampleSize = 2000

// sample is candidates of a search that were read, and whence they come.
type sample struct {
	of     int     // candidates there are
	looked []int64 // places of those that were read
	held   []int64 // of these, for which the query holds

	over   stretches // nil: none were asked for
	bounds []int64   // of the stretches
	within []int     // candidates of each
}

// exact says that the sample is everything.
func (s *sample) exact() bool { return len(s.looked) == s.of }

// estimate is how many of `of` posts are meant if held of looked are, with its
// 95 % interval, of which no end is beyond what was seen.
func estimate(held, looked, of int) (n, low, high int) {
	if looked == 0 {
		return 0, 0, of
	}
	share := interval.Drawn(int64(held), int64(looked), int64(of))
	n = int(math.Round(share.Value * float64(of)))
	low = max(held, int(math.Floor(share.Low*float64(of))))
	high = min(of-(looked-held), int(math.Ceil(share.High*float64(of))))
	return n, min(low, n), max(high, n)
}

// sampled reads a sample of the posts that a search may mean and calls each for
// those it means. If time runs out the sample is smaller.
func (a *Archive) sampled(ctx context.Context, ws hearth.WorkspaceID, s *Search, p *plan, over stretches, each func(*decision)) (*sample, error) {
	if err := a.followed(ctx, a.searchTime); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, a.searchTime)
	defer cancel()
	expr := p.expr
	if p.all {
		expr = allPosts(ws)
	}
	out := &sample{over: over}
	err := a.indexed(limited, func(tx *db.Tx, x *index.Index) error {
		*out = sample{over: over}
		result, err := x.Search(&expr, p.within)
		if err != nil {
			return err
		}
		docs, total, err := result.Sample(a.sampleSize)
		if err != nil || total == 0 {
			return err
		}
		if err := out.stretch(result); err != nil {
			return err
		}
		out.of = total
		f := newFetcher(a, tx, ws, s, func(d *decision) error {
			out.looked = append(out.looked, d.place)
			if d.holds() {
				out.held = append(out.held, d.place)
				each(d)
			}
			return nil
		})
		for _, d := range docs {
			if err := f.take(d.Place, hearth.Seq(d.Seq)); err != nil {
				return err
			}
		}
		if err := f.flush(); err != nil {
			return err
		}
		if total == len(docs) {
			out.of = len(out.looked) // what is damaged does not count
		}
		return nil
	})
	switch {
	case err == nil:
		return out, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil && len(out.looked) > 0:
		return out, nil
	case limited.Err() != nil:
		return nil, errTooSlow
	}
	return nil, fmt.Errorf("reading a sample of posts: %w", err)
}

// stretch counts candidates in the stretches that are asked for.
func (s *sample) stretch(result *index.Result) error {
	if s.over == nil {
		return nil
	}
	first, last, err := ends(result)
	if err != nil {
		return err
	}
	if s.bounds, err = s.over(first, last); err != nil {
		return err
	}
	s.within, err = result.CountBetween(s.bounds)
	return err
}

// countSample counts by a sample, or if the candidates are few by all of them.
func (a *Archive) countSample(ctx context.Context, ws hearth.WorkspaceID, s *Search, p *plan, over stretches) (Counts, error) {
	found, err := a.sampled(ctx, ws, s, p, over, func(*decision) {})
	if err != nil {
		return Counts{}, err
	}
	if found.exact() {
		return countPlaces(found.held, over)
	}
	var counts Counts
	counts.Sampled, counts.Of = len(found.looked), found.of
	counts.Total, counts.Low, counts.High = estimate(len(found.held), len(found.looked), found.of)
	counts.judge(found)
	return counts, nil
}

// typical is how many posts of the whole sample a stretch's own are mixed with,
// as a stretch of few posts says little of itself.
const typical = 8

// judge spreads the total over the stretches: by the candidates that each has,
// and by how many of those in its sample are meant.
func (c *Counts) judge(s *sample) {
	if s.bounds == nil {
		return
	}
	looked, held := spread(s.bounds, s.looked), spread(s.bounds, s.held)
	share := float64(len(s.held)) / float64(len(s.looked))
	weights, sum := make([]float64, len(s.within)), 0.0
	for i, n := range s.within {
		weights[i] = float64(n) * (float64(held[i]) + typical*share) / (float64(looked[i]) + typical)
		sum += weights[i]
	}
	c.Buckets = make([]Bucket, len(s.within))
	passed, given := 0.0, 0
	for i, n := range s.within {
		passed += weights[i]
		upto := int(math.Round(passed / max(sum, 1e-9) * float64(c.Total)))
		_, low, high := estimate(held[i], looked[i], n)
		c.Buckets[i] = Bucket{Start: placeTime(s.bounds[i]), Count: upto - given, Low: min(low, upto-given), High: max(high, upto-given)}
		given = upto
	}
}
