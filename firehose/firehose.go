// Package firehose measures how much of the world this machine can listen to:
// posts as Bluesky sends them go the way that live posts go (decode, match
// against standing queries, analyse and store what matches) and the figures
// come back.
//
// The built-in monitors and posts are the frozen ones of firehose/mix. Nothing
// is left out of the way but the socket: the archive is a real one, on disk, in
// a temporary folder, with every commit synced.
package firehose

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"hearth"
	"hearth/analysis"
	"hearth/analysis/standard"
	"hearth/archive"
	"hearth/db"
	"hearth/firehose/mix"
	"hearth/ingest"
	"hearth/match"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/query"
	"hearth/text"
)

// Options say what is measured. The zero value is the frozen mix at 10,000
// monitors.
type Options struct {
	Monitors   []string      // queries; nil: the frozen mix
	Count      int           // how many of the frozen monitors; 0: 10,000
	Posts      io.Reader     // Jetstream or post documents, one a line; nil: the frozen mix
	Most       int           // posts of the frozen mix at the most; 0: 400,000
	Everything bool          // keep and analyse every post, whether it matches or not
	Dir        string        // where the temporary archive is made; "": the system's
	Clock      hearth.Clock  // required
	Progress   func(Measure) // told about once a second; may be nil
}

// Measure is how far the run has come.
type Measure struct {
	Stage string // "reading", "stages" or "flow"
	Posts int
	Of    int
}

// Report is what was measured. Rates are of the whole way on all processors,
// the durable commit of everything kept included; stages are of one processor.
type Report struct {
	Mix            int     `json:"mix,omitempty"` // version of the frozen mix, 0 for given input
	Processors     int     `json:"processors"`
	Monitors       int     `json:"monitors"`
	Posts          int     `json:"posts"`
	Bytes          int64   `json:"bytes"`
	Unreadable     int     `json:"unreadable"`
	Matched        int64   `json:"matched"`
	Stored         int64   `json:"stored"`
	Everything     bool    `json:"keep_everything"`
	Seconds        float64 `json:"seconds"`
	PostsPerSecond float64 `json:"posts_per_second"`
	PostsPerDay    float64 `json:"posts_per_day"`
	TimesFirehose  float64 `json:"times_1x"`     // of 13,889 posts a second, the trade's 1.2 billion a day
	ProcessorNs    float64 `json:"processor_ns"` // of all processors, a post; on a busy machine it says more than the rate
	Stages         Stages  `json:"stages"`
	AllocsPerPost  float64 `json:"allocs_per_post"` // of the whole way
	BytesPerStored float64 `json:"bytes_per_stored,omitempty"`
}

// Stages is what each step costs one processor, in nanoseconds for each post
// that enters it.
type Stages struct {
	Decode   float64 `json:"decode_ns"`
	Tokenise float64 `json:"tokenise_ns"`
	Match    float64 `json:"match_ns"`
	Analyse  float64 `json:"analyse_ns"` // for each post analysed
}

// Once is the trade's yardstick, 1.2 billion posts a day, as posts a second.
const Once = 13_889

// batchSize is how many posts go together, as from a busy socket.
const batchSize = 512

// Run measures. It needs about 1 GB of memory for the frozen mix.
func Run(ctx context.Context, o Options) (Report, error) {
	report := Report{Processors: runtime.GOMAXPROCS(0), Everything: o.Everything}
	count := o.Count
	if count == 0 {
		count = 10_000
	}
	world := mix.NewWorld()
	if o.Monitors == nil {
		o.Monitors = world.Monitors(count)
		report.Mix = mix.Version
	}
	set, err := standing(o.Monitors)
	if err != nil {
		return report, err
	}
	report.Monitors = set.Len()

	var lines []string
	if o.Posts != nil {
		lines, err = readLines(ctx, o)
	} else {
		lines, err = frozenLines(ctx, world, len(o.Monitors), o)
	}
	if err != nil {
		return report, err
	}
	report.Posts = len(lines)
	for _, l := range lines {
		report.Bytes += int64(len(l))
	}
	if len(lines) == 0 {
		return report, hearth.Errorf(hearth.Invalid, "There are no posts to measure with.")
	}
	analyzers := standard.Analyzers()
	report.Stages = stages(o.Clock, lines[:min(len(lines), 20_000)], set, analyzers)
	return report, flow(ctx, o, lines, set, analyzers, &report)
}

func standing(queries []string) (*match.Set, error) {
	list := make([]match.Standing, 0, len(queries))
	for i, s := range queries {
		q, problems := query.Parse(s)
		if q == nil {
			return nil, hearth.Errorf(hearth.Invalid, "Monitor %d cannot be read: %s", i+1, problems[0].Message)
		}
		list = append(list, match.Standing{ID: hearth.MonitorID(i + 1), Query: q})
	}
	return match.NewSet(list), nil
}

// longestLine bounds one line of a given file.
const longestLine = 16 << 20

func readLines(ctx context.Context, o Options) ([]string, error) {
	var lines []string
	in := bufio.NewScanner(o.Posts)
	in.Buffer(make([]byte, 1<<16), longestLine)
	for in.Scan() {
		if len(in.Bytes()) == 0 {
			continue
		}
		lines = append(lines, in.Text())
		if err := step(ctx, o, "reading", len(lines), 0); err != nil {
			return nil, err
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("reading posts: %w", err)
	}
	return lines, nil
}

func frozenLines(ctx context.Context, w *mix.World, monitors int, o Options) ([]string, error) {
	most := o.Most
	if most == 0 {
		most = 400_000
	}
	if o.Everything {
		most = min(most, 200_000)
	}
	lines := make([]string, 0, most)
	stream := w.Posts(monitors)
	var buf []byte
	for len(lines) < most {
		buf = stream.Next(buf[:0])
		lines = append(lines, string(buf))
		if err := step(ctx, o, "reading", len(lines), most); err != nil {
			return nil, err
		}
	}
	return lines, nil
}

func step(ctx context.Context, o Options, stage string, posts, of int) error {
	if posts%10_000 != 0 {
		return nil
	}
	if o.Progress != nil {
		o.Progress(Measure{stage, posts, of})
	}
	return ctx.Err()
}

// reader decodes lines of either shape.
type reader struct{ decoder bluesky.Decoder }

// read decodes a line into ev; false says that it holds no post.
func (r *reader) read(line string, ev *network.Event) bool {
	if f, err := r.decoder.Decode(line, ev); err == nil && f.Kind == bluesky.Post {
		return true
	}
	ev.Reset()
	return hearth.DecodePost(line, &ev.Post) == nil
}

// stages measures each step alone, on one processor.
func stages(clock hearth.Clock, lines []string, set *match.Set, analyzers []analysis.Analyzer) Stages {
	var s Stages
	events := make([]network.Event, len(lines))
	var r reader
	n := 0
	each := func(count int, do func(i int)) float64 {
		begin := clock()
		for i := range count {
			do(i)
		}
		return float64(clock().Sub(begin)) / float64(max(1, count))
	}
	var ev network.Event
	s.Decode = each(len(lines), func(i int) { r.read(lines[i], &ev) })
	for _, l := range lines {
		if r.read(l, &events[n]) {
			events[n].Post = events[n].Post.Clone()
			n++
		}
	}
	docs := make([]text.Doc, n)
	var doc text.Doc
	s.Tokenise = each(n, func(i int) { query.AddPost(&doc, &events[i].Post) })
	for i := range n {
		query.AddPost(&docs[i], &events[i].Post)
	}
	scratch := match.NewScratch()
	var wanted []int32
	s.Match = each(n, func(i int) { wanted = set.Wanted(scratch, &events[i].Post, &docs[i], wanted[:0]) })
	items := make([]analysis.Item, 1)
	s.Analyse = each(min(n, 5_000), func(i int) {
		items[0] = analysis.Item{Post: &events[i].Post, Doc: &docs[i]}
		analysis.Run(analyzers, items)
	})
	return s
}

// flow measures the whole way.
func flow(ctx context.Context, o Options, lines []string, set *match.Set, analyzers []analysis.Analyzer, report *Report) (err error) {
	dir, err := os.MkdirTemp(o.Dir, "hearth-bench-")
	if err != nil {
		return fmt.Errorf("making a folder for the measurement: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "archive.db")
	d, store, closeStore, err := openArchive(ctx, file, o.Clock)
	if err != nil {
		return err
	}
	defer func() {
		if failed := closeStore(); err == nil {
			err = failed
		}
	}()
	way, err := ingest.NewFlow(ctx, ingest.FlowOptions{
		Workspace: hearth.DefaultWorkspace, Source: 1,
		Archive: store, Store: d, Crew: ingest.NewCrew(0), Clock: o.Clock, Log: slog.New(slog.DiscardHandler),
		Analyzers: analyzers, Queries: func() *match.Set { return set }, Everything: o.Everything,
	})
	if err != nil {
		return err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	begin, spent := o.Clock(), ProcessorTime()
	report.Unreadable, err = pump(ctx, o, lines, way)
	if failed := way.Close(); err == nil {
		err = failed
	}
	took := o.Clock().Sub(begin)
	spent = ProcessorTime() - spent
	runtime.ReadMemStats(&after)
	if err != nil {
		return err
	}
	counters := way.Progress().Counters
	report.Stored = counters.Stored
	report.Matched = counters.Matched
	report.Seconds = took.Seconds()
	report.PostsPerSecond = float64(len(lines)) / max(took.Seconds(), 1e-9)
	report.ProcessorNs = float64(spent) / float64(len(lines))
	report.PostsPerDay = report.PostsPerSecond * (24 * time.Hour).Seconds()
	report.TimesFirehose = report.PostsPerSecond / Once
	report.AllocsPerPost = float64(after.Mallocs-before.Mallocs) / float64(len(lines))
	if info, statErr := os.Stat(file); statErr == nil && o.Everything && report.Stored > 0 {
		report.BytesPerStored = float64(info.Size()) / float64(report.Stored)
	}
	return nil
}

// pump decodes in one goroutine, as the socket's reader does, while the flow
// takes the batch before.
func pump(ctx context.Context, o Options, lines []string, way *ingest.Flow) (unreadable int, err error) {
	full, empty := make(chan *network.Batch, 2), make(chan *network.Batch, 3)
	for range cap(empty) {
		empty <- &network.Batch{}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(full)
		var r reader
		for i := 0; i < len(lines); i += batchSize {
			var b *network.Batch
			select {
			case b = <-empty:
			case <-ctx.Done():
				return
			}
			b.Reset()
			for _, line := range lines[i:min(i+batchSize, len(lines))] {
				if ev := b.Add(); !r.read(line, ev) {
					b.Drop()
					unreadable++
				}
				b.Frames++
			}
			b.Cursor = network.Cursor(fmt.Sprint(i))
			select {
			case full <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	done := 0
	for b := range full {
		if err := way.Take(ctx, b); err != nil {
			cancel()
			for range full { // wait for the decoder's end
			}
			return unreadable, err
		}
		done += b.Frames
		if o.Progress != nil && done%51_200 == 0 {
			o.Progress(Measure{"flow", done, len(lines)})
		}
		empty <- b
	}
	return unreadable, ctx.Err()
}

func openArchive(ctx context.Context, file string, clock hearth.Clock) (*db.DB, *archive.Archive, func() error, error) {
	d, err := db.Open(ctx, file, db.Options{Schemas: []db.Schema{archive.Schema(), ingest.ArchiveSchema()}})
	if err != nil {
		return nil, nil, nil, err
	}
	a, err := archive.Open(ctx, d, archive.Options{Clock: clock})
	if err != nil {
		d.Close()
		return nil, nil, nil, err
	}
	return d, a, func() error { return errors.Join(a.Close(), d.Close()) }, nil
}
