package alert

import (
	"context"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/alert/detect"
	"hearth/db"
)

// watcher looks at what was counted, again and again. It belongs to Run.
type watcher struct {
	a       *Alerts
	seen    map[ownKey]glance
	fresh   map[ownKey]freshly    // experience that is made anew until enough was lived
	broken  map[brokenKey]Trouble // at the last look
	mended  []Trouble             // since, for a while
	trimmed time.Time
}

// glance is what a monitor looked like the last time.
type glance struct {
	bin   int64
	posts int64
}

type freshly struct {
	l  *learned
	at time.Time
}

const (
	freshFor     = 5 * time.Minute
	watchPause   = 2 * time.Minute // longer without a look means that nobody watched
	beatEvery    = 30 * time.Second
	blindPart    = 0.1 // of a monitor's posts that a broken source must have to matter
	troubleSince = 2 * time.Hour
	trimEvery    = time.Hour
	mostLag      = 28 * 24 * 4 // bins that are learned at once
)

func newWatcher(a *Alerts) *watcher {
	return &watcher{a: a, seen: map[ownKey]glance{}, fresh: map[ownKey]freshly{}, broken: map[brokenKey]Trouble{}}
}

// look judges everything that has changed.
func (w *watcher) look(ctx context.Context, now, blind time.Time) error {
	var troubles []Trouble
	var err error
	if w.a.o.Troubles != nil {
		if troubles, err = w.a.o.Troubles(ctx, now.Add(-troubleSince)); err != nil {
			return err
		}
	}
	recent := w.remember(troubles, now)
	active, err := w.active(ctx, now)
	if err != nil {
		return err
	}
	for k, g := range active {
		if w.seen[k] == g {
			continue
		}
		if err := w.judge(ctx, k, now, blind, recent); err != nil {
			if ctx.Err() != nil || hearth.ErrorCode(err) != hearth.NotFound {
				return err
			}
		}
		w.seen[k] = g
	}
	if err := w.tellSources(ctx, troubles, now); err != nil {
		return err
	}
	if err := w.endQuiet(ctx, now); err != nil {
		return err
	}
	return w.trim(ctx, now)
}

type brokenKey struct {
	workspace hearth.WorkspaceID
	source    hearth.SourceID
}

// remember adds the troubles that are over to those there are: what a source
// makes up for afterwards is no spike. Short ones do not matter.
func (w *watcher) remember(troubles []Trouble, now time.Time) []Trouble {
	broken := map[brokenKey]Trouble{}
	for _, t := range troubles {
		if t.To.IsZero() {
			broken[brokenKey{t.Workspace, t.Source}] = t
		}
	}
	for k, t := range w.broken {
		if _, still := broken[k]; !still && now.Sub(t.From) > watchPause {
			t.To = now
			w.mended = append(w.mended, t)
		}
	}
	w.broken = broken
	w.mended = slices.DeleteFunc(w.mended, func(t Trouble) bool { return now.Sub(t.To) > troubleSince })
	return slices.Concat(troubles, w.mended)
}

// beat notes that somebody watches, and gives the time until which nobody did.
func (w *watcher) beat(ctx context.Context, now time.Time) (blind time.Time, err error) {
	var beat, until int64
	read := func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT beat, blind FROM alert_place WHERE id = 1`).Scan(&beat, &until)
	}
	if err := w.a.o.State.Read(ctx, read); err != nil {
		return blind, err
	}
	last := db.FromMicros(beat)
	if pause := now.Sub(last); pause >= 0 && pause < beatEvery {
		return db.FromMicros(until), nil
	}
	if now.Sub(last) > watchPause || last.After(now.Add(watchPause)) {
		until = db.Micros(now)
	}
	return db.FromMicros(until), w.a.o.State.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE alert_place SET beat = ?, blind = ? WHERE id = 1`, db.Micros(now), until)
		return err
	})
}

// active are the monitors that had posts lately, and how they look. Those that
// fell silent are looked at again when they speak.
func (w *watcher) active(ctx context.Context, now time.Time) (map[ownKey]glance, error) {
	found := map[ownKey]glance{}
	err := w.a.o.State.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT workspace_id, monitor_id, sum(posts + own) FROM alert_bin WHERE start >= ? GROUP BY workspace_id, monitor_id`,
			binOf(now)-2*binHour) // all workspaces: each is judged by itself
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var k ownKey
			g := glance{bin: binOf(now.Add(-grace))}
			err := rows.Scan(&k.workspace, &k.monitor, &g.posts)
			found[k] = g
			return err
		})
	})
	return found, err
}

// firing is what one look at a monitor found.
type firing struct {
	kinds   []Kind
	at      time.Time // of the bin
	minutes int64
	count   int64
	volume  detect.Verdict
	share   detect.ShareVerdict
	known   int64
	drift   float64
}

// judge learns the quarters that are over and looks at the one that runs.
func (w *watcher) judge(ctx context.Context, k ownKey, now time.Time, blind time.Time, troubles []Trouble) error {
	mon, err := w.a.o.Monitors.Get(ctx, access.LocalOwner(k.workspace), k.monitor)
	if err != nil {
		return err
	}
	var rule MonitorRule
	var l *learned
	var done int64
	var bins bins
	open := binOf(now)
	err = w.a.o.State.Read(ctx, func(tx *db.Tx) (err error) {
		if rule, err = readRule(tx, k.workspace, k.monitor); err != nil {
			return err
		}
		if l, done, err = readLearned(tx, k.workspace, k.monitor); err != nil {
			return err
		}
		bins, err = readBins(tx, k.workspace, k.monitor, min(max(done, open-mostLag), open)-binHour)
		return err
	})
	if err != nil {
		return err
	}
	was := done
	if l == nil {
		done = bins.first(open)
	}
	fromPast := false
	if l == nil || l.Lived < liveBins {
		if l, fromPast, err = w.relearn(ctx, k, rule.Rule.zone(), now, l); err != nil {
			return err
		}
	}
	done = max(done, open-mostLag)
	c := calls{rule: &rule.Rule, zone: rule.Rule.zone(), l: l, learn: !fromPast, bins: bins, blind: blind, broken: brokenFor(bins, troubles, k.workspace)}
	var found []firing
	closed := binOf(now.Add(-grace))
	for ; done < closed; done++ {
		if f := c.over(done); f != nil {
			found = append(found, *f)
		}
	}
	if f := c.running(open); f != nil {
		found = append(found, *f)
	}
	if rule.Rule.Off {
		found = nil
	}
	return w.a.settle(ctx, k, &mon, &rule.Rule, found, func(tx *db.Tx) error {
		if done == was {
			return nil
		}
		return writeLearned(tx, k.workspace, k.monitor, l, was, done)
	})
}

// relearn makes experience from the past, as long as little was lived. It says
// whether there is a past: then it holds what was lived, too.
func (w *watcher) relearn(ctx context.Context, k ownKey, zone *time.Location, now time.Time, had *learned) (_ *learned, past bool, err error) {
	f, ok := w.fresh[k]
	if !ok || now.Sub(f.at) > freshFor {
		l, err := w.a.newLearned(ctx, k.workspace, k.monitor, zone, now)
		if err != nil {
			return nil, false, err
		}
		f = freshly{l, now}
		w.fresh[k] = f
	}
	var l learned // a copy: it is learned on
	if err := read(written(f.l), &l, "experience"); err != nil {
		return nil, false, err
	}
	past = l.Hour.Ready(now)
	switch {
	case had != nil && past:
		l.Lived = had.Lived
		l.Quarter.Budget, l.Hour.Budget, l.Share.Budget = had.Quarter.Budget, had.Hour.Budget, had.Share.Budget
	case had != nil:
		l = *had
	case !past:
		l = learned{Quarter: detect.NewSeries(binWidth), Hour: detect.NewSeries(time.Hour)}
	}
	return &l, past, nil
}

// calls is one monitor being judged.
type calls struct {
	rule   *Rule
	zone   *time.Location
	l      *learned
	learn  bool // else l holds what is over already
	bins   bins
	blind  time.Time
	broken []Trouble
}

// unseen says that not everything was seen of a quarter.
func (c *calls) unseen(bin int64) bool { return binTime(bin).Before(c.blind) || c.disturbed(bin) }

// disturbed says that a source was broken in a quarter or the one before it, so
// that it may be making up for something.
func (c *calls) disturbed(bin int64) bool {
	from, to := binTime(bin-1), binTime(bin+1)
	return slices.ContainsFunc(c.broken, func(t Trouble) bool {
		return t.From.Before(to) && (t.To.IsZero() || t.To.After(from))
	})
}

// over learns a quarter, and the hour that ends with it.
func (c *calls) over(bin int64) *firing {
	at := binTime(bin)
	muted := c.rule.campaign(at)
	f := firing{at: at, minutes: 15, count: c.bins[bin].posts}
	if !c.unseen(bin) && !muted {
		f.volume = c.take(c.l.Quarter, at, f.count)
		if f.volume.Fires && c.rule.Volume && !c.l.coarse() {
			f.kinds = append(f.kinds, Volume)
		}
	}
	c.l.Lived++
	if c.learn && c.l.Days.add(at.In(c.zone), f.count) {
		if off, yes := c.l.Days.drifts(); yes && c.rule.Drift && !muted {
			f.kinds, f.drift = append(f.kinds, Drift), off
		}
	}
	if bin%binHour == binHour-1 {
		c.hour(bin-binHour+1, &f)
	}
	return f.found()
}

// take judges a complete count and learns it.
func (c *calls) take(s *detect.Series, at time.Time, n int64) detect.Verdict {
	if c.learn {
		return s.Learn(at.In(c.zone), float64(n), c.rule.Budget)
	}
	return s.Judge(at.In(c.zone), float64(n), c.rule.Budget)
}

// hour learns the hour that begins with a bin.
func (c *calls) hour(first int64, f *firing) {
	at := binTime(first)
	sum := c.bins.sum(first, first+binHour)
	if !c.unseen(first) && !c.unseen(first+binHour-1) && !c.rule.campaign(at) {
		v := c.take(c.l.Hour, at, sum.posts)
		if v.Fires && c.rule.Volume && (c.l.coarse() || len(f.kinds) == 0 && v.Score > f.volume.Score) {
			f.kinds, f.volume, f.count, f.minutes, f.at = append(f.kinds, Volume), v, sum.posts, 60, at
		}
	}
	s := c.l.Share.Judge(at, sum.negative, sum.known, c.rule.Budget)
	if c.learn {
		c.l.Share.Learn(at, sum.negative, sum.known)
	}
	f.share, f.known = s, sum.known
	if s.Fires && c.rule.Negative {
		f.kinds = append(f.kinds, Negative)
	}
}

// running looks at the quarter and the hour that run. Nothing is learned, and
// what is not complete can only become more.
func (c *calls) running(open int64) *firing {
	at := binTime(open)
	f := firing{at: at, minutes: 15, count: c.bins[open].posts}
	if !c.disturbed(open) && !c.rule.campaign(at) && c.rule.Volume {
		if !c.l.coarse() {
			f.volume = c.l.Quarter.Look(at.In(c.zone), float64(f.count), c.rule.Budget)
		} else {
			first := open - open%binHour
			sum := c.bins.sum(first, open+1)
			f.at, f.minutes, f.count = binTime(first), 60, sum.posts
			f.volume = c.l.Hour.Look(f.at.In(c.zone), float64(sum.posts), c.rule.Budget)
		}
		if f.volume.Fires {
			f.kinds = append(f.kinds, Volume)
		}
	}
	sum := c.bins.sum(open-binHour+1, open+1)
	f.share, f.known = c.l.Share.Look(at, sum.negative, sum.known, c.rule.Budget), sum.known
	if f.share.Fires && c.rule.Negative {
		f.kinds = append(f.kinds, Negative)
	}
	return f.found()
}

// found is the firing if anything fires.
func (f *firing) found() *firing {
	if len(f.kinds) == 0 {
		return nil
	}
	return f
}

// bins are the counts of a monitor, over all sources.
type bins map[int64]binSum

type binSum struct {
	count
	sources map[hearth.SourceID]int64
}

func readBins(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, from int64) (bins, error) {
	rows, err := tx.Query(`
		SELECT start, source_id, posts, known, negative, own FROM alert_bin WHERE workspace_id = ? AND monitor_id = ? AND start >= ?
		ORDER BY start, source_id`, int64(ws), int64(id), from)
	if err != nil {
		return nil, err
	}
	found := bins{}
	return found, db.EachRow(rows, func() error {
		var start int64
		var source hearth.SourceID
		var c count
		if err := rows.Scan(&start, &source, &c.posts, &c.known, &c.negative, &c.own); err != nil {
			return err
		}
		b := found[start]
		b.count = b.plus(c)
		if b.sources == nil {
			b.sources = map[hearth.SourceID]int64{}
		}
		b.sources[source] += c.posts + c.own
		found[start] = b
		return nil
	})
}

func (c count) plus(o count) count {
	return count{c.posts + o.posts, c.known + o.known, c.negative + o.negative, c.own + o.own}
}

// sum is the counts of the bins from one to before another.
func (b bins) sum(from, to int64) (total count) {
	for bin := from; bin < to; bin++ {
		total = total.plus(b[bin].count)
	}
	return total
}

// first is the earliest bin there is.
func (b bins) first(open int64) int64 {
	first := open
	for bin := range b {
		first = min(first, bin)
	}
	return first
}

// brokenFor is the troubles that matter to a monitor: of sources that gave it a
// good part of its posts.
func brokenFor(b bins, troubles []Trouble, ws hearth.WorkspaceID) (matter []Trouble) {
	var total int64
	bySource := map[hearth.SourceID]int64{}
	for _, one := range b {
		for source, n := range one.sources {
			total += n
			bySource[source] += n
		}
	}
	for _, t := range troubles {
		if t.Workspace == ws && float64(bySource[t.Source]) >= blindPart*float64(total) && bySource[t.Source] > 0 {
			matter = append(matter, t)
		}
	}
	return matter
}

// trim forgets counts that nobody looks at any more.
func (w *watcher) trim(ctx context.Context, now time.Time) error {
	if now.Sub(w.trimmed) < trimEvery {
		return nil
	}
	w.trimmed = now
	return w.a.o.State.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM alert_bin WHERE start < ?`, binOf(now.Add(-keptBins))) // all workspaces: by age
		return err
	})
}
