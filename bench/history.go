package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/klauspost/compress/zstd"

	"hearth"
	"hearth/archive"
	"hearth/db"
	"hearth/ingest"
	"hearth/match"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/query"
	"hearth/replay"
)

// past is how many raw posts the window holds.
const past = 100_000

// history compares looking through a window of raw posts for one new monitor
// with what a script does: unpack, decode, search.
func history(s *sheet) error {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "hearth-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	lines := frames(past, 1_000)
	house, closeHouse, err := windowOf(ctx, dir, lines)
	if err != nil {
		return err
	}
	defer closeHouse()
	source, tree := rareMonitor()
	for _, c := range []struct{ name, query, note string }{
		{"Hearth", "qu* AND zy*", "all cores; a query that no block's summary can deny"},
		{"Hearth, a brand", source, "all cores; most blocks are passed over by their summaries"},
	} {
		set, err := standing(c.query)
		if err != nil {
			return err
		}
		look := ingest.NewPast(house)
		s.contest(c.name, c.note, func() (seen int, err error) {
			for l := (ingest.Look{Queries: set, Blocks: 16}); ; {
				looked, err := look.Look(ctx, hearth.DefaultWorkspace, l)
				if err != nil {
					return 0, err
				}
				seen += int(looked.Seen)
				if l.Before = looked.Next; !looked.More {
					return seen, nil
				}
			}
		})
	}
	var packed bytes.Buffer
	z, err := zstd.NewWriter(&packed)
	if err != nil {
		return err
	}
	for _, line := range lines {
		fmt.Fprintln(z, line)
	}
	if err := z.Close(); err != nil {
		return err
	}
	scan := func(decode bool) func() (int, error) {
		compiled := map[*node]*regexp.Regexp{}
		return func() (int, error) {
			r, err := zstd.NewReader(bytes.NewReader(packed.Bytes()))
			if err != nil {
				return 0, err
			}
			defer r.Close()
			in := bufio.NewScanner(r)
			in.Buffer(nil, 1<<20)
			n := 0
			for ; in.Scan(); n++ {
				if !decode {
					tree.holds(in.Text(), compiled)
					continue
				}
				var f frame
				if err := json.Unmarshal(in.Bytes(), &f); err != nil {
					return 0, err
				}
				tree.holds(f.Commit.Record.Text, compiled)
			}
			return n, in.Err()
		}
	}
	s.contest("zstd and a regular expression on lines", "as zstdcat and grep do, fields and all; the brand", scan(false))
	s.contest("zstd, encoding/json, regular expressions", "the brand", scan(true))
	return nil
}

// rareMonitor is a monitor of the mix.
func rareMonitor() (string, *node) {
	queries, trees := monitors(1)
	return queries[0], trees[0]
}

func standing(source string) (*match.Set, error) {
	q, problems := query.Parse(source)
	if q == nil {
		return nil, fmt.Errorf("the query %s: %v", source, problems)
	}
	return match.NewSet([]match.Standing{{ID: 1, Query: q}}), nil
}

// windowOf lets the frames come in through a flow with a replay window and
// without any monitor.
func windowOf(ctx context.Context, dir string, lines []string) (_ *ingest.Sources, closeAll func(), err error) {
	var closers []func() error
	closeAll = func() {
		for i := len(closers) - 1; i >= 0; i-- {
			closers[i]()
		}
	}
	defer func() {
		if err != nil {
			closeAll()
		}
	}()
	open := func(name string, schemas ...db.Schema) (*db.DB, error) {
		d, err := db.Open(ctx, filepath.Join(dir, name), db.Options{Schemas: schemas})
		if err == nil {
			closers = append(closers, d.Close)
		}
		return d, err
	}
	store, err := open("archive.db", archive.Schema(), ingest.ArchiveSchema())
	if err != nil {
		return nil, nil, err
	}
	state, err := open("hearth.db", ingest.StateSchema())
	if err != nil {
		return nil, nil, err
	}
	raw, err := open("replay.db", replay.Schema())
	if err != nil {
		return nil, nil, err
	}
	a, err := archive.Open(ctx, store, archive.Options{})
	if err != nil {
		return nil, nil, err
	}
	closers = append(closers, a.Close)
	quiet := slog.New(slog.DiscardHandler)
	window, err := replay.Open(ctx, raw, replay.Options{Age: 48 * time.Hour, Size: 20 << 30, Rules: match.KeyRules, Clock: hearth.SystemClock, Log: quiet})
	if err != nil {
		return nil, nil, err
	}
	closers = append(closers, window.Close)
	crew := ingest.NewCrew(0)
	sources := ingest.NewSources(ingest.Options{
		State: state, Archive: a, Store: store, Crew: crew, Window: window, Clock: hearth.SystemClock, Log: quiet,
	})
	flow, err := ingest.NewFlow(ctx, ingest.FlowOptions{
		Workspace: hearth.DefaultWorkspace, Source: 1, Archive: a, Store: store, Crew: crew, Clock: hearth.SystemClock, Log: quiet, Window: window,
	})
	if err != nil {
		return nil, nil, err
	}
	var decoder bluesky.Decoder
	var batch network.Batch
	for i, line := range lines {
		if _, err := decoder.Decode(line, batch.Add()); err != nil {
			return nil, nil, err
		}
		if batch.Frames++; batch.Frames == group || i == len(lines)-1 {
			if err := flow.Take(ctx, &batch); err != nil {
				return nil, nil, err
			}
			batch.Reset()
		}
	}
	return sources, closeAll, flow.Close()
}
