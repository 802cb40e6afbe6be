package firehose

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/analysis/standard"
	"hearth/archive"
	"hearth/db"
	"hearth/firehose/mix"
	"hearth/ingest"
	"hearth/match"
	"hearth/network"
	"hearth/network/bluesky"
)

// StoredOptions say how large an archive is measured, and where it stands.
type StoredOptions struct {
	Posts    int           // how many it holds
	Dir      string        // kept; one that was filled before is used again, or filled further
	Clock    hearth.Clock  // required
	Progress func(Measure) // told about once a second; may be nil
}

// Filling is what it took to fill an archive.
type Filling struct {
	Posts          int     `json:"posts"`
	Filled         int     `json:"filled"` // of them in this run
	Seconds        float64 `json:"seconds"`
	PostsPerSecond float64 `json:"posts_per_second"` // the making of the posts included
	BytesPerPost   float64 `json:"bytes_per_post"`
}

// ArchiveFile is the name of the archive in StoredOptions.Dir.
const ArchiveFile = "archive.db"

// standingMonitors listen while an archive is filled.
const standingMonitors = 10_000

// Fill keeps every post of a stream that is spread over StoredDays, decoded,
// matched and analysed as live ones are.
func Fill(ctx context.Context, o StoredOptions) (f Filling, err error) {
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return f, fmt.Errorf("making the folder of the archive: %w", err)
	}
	file := filepath.Join(o.Dir, ArchiveFile)
	d, store, closeStore, err := openArchive(ctx, file, o.Clock)
	if err != nil {
		return f, err
	}
	defer func() {
		if failed := closeStore(); err == nil {
			err = failed
		}
		if info, statErr := os.Stat(file); statErr == nil && f.Posts > 0 {
			f.BytesPerPost = float64(info.Size()) / float64(f.Posts)
		}
	}()
	head, err := store.Head(ctx)
	if err != nil {
		return f, err
	}
	begin := o.Clock()
	if int(head) < o.Posts {
		if err := fill(ctx, o, d, store, int(head)); err != nil {
			return f, err
		}
		f.Filled = o.Posts - int(head)
	}
	if _, err := store.Search(ctx, hearth.DefaultWorkspace, archive.Search{Limit: 1}); err != nil { // waits for the index
		return f, err
	}
	f.Posts = max(o.Posts, int(head))
	f.Seconds = o.Clock().Sub(begin).Seconds()
	f.PostsPerSecond = float64(f.Filled) / max(f.Seconds, 1e-9)
	return f, nil
}

// fill goes on behind the first from posts of the stream.
func fill(ctx context.Context, o StoredOptions, d *db.DB, store *archive.Archive, from int) error {
	world := mix.NewWorld()
	set, err := standing(world.Monitors(standingMonitors))
	if err != nil {
		return err
	}
	way, err := ingest.NewFlow(ctx, ingest.FlowOptions{
		Workspace: hearth.DefaultWorkspace, Source: 1,
		Archive: store, Store: d, Crew: ingest.NewCrew(0), Clock: o.Clock, Log: slog.New(slog.DiscardHandler),
		Analyzers: standard.Analyzers(), Queries: func() *match.Set { return set }, Everything: true,
	})
	if err != nil {
		return err
	}
	return errors.Join(history(ctx, o, world, way, from), way.Close())
}

// history makes the posts in one goroutine while the flow takes those before.
func history(ctx context.Context, o StoredOptions, world *mix.World, way *ingest.Flow, from int) error {
	full, empty := make(chan *network.Batch, 2), make(chan *network.Batch, 4)
	for range cap(empty) {
		empty <- &network.Batch{}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer close(full)
		p := newPast(world, o.Posts)
		for range from {
			p.skip()
		}
		for n := from; n < o.Posts; {
			var b *network.Batch
			select {
			case b = <-empty:
			case <-ctx.Done():
				return
			}
			b.Reset()
			for ; b.Frames < batchSize && n < o.Posts; n++ {
				p.next(b.Add())
				b.Frames++
			}
			b.Cursor = network.Cursor(strconv.Itoa(n))
			select {
			case full <- b:
			case <-ctx.Done():
				return
			}
		}
	}()
	done := from
	var failed error
	for b := range full {
		if failed != nil {
			continue // wait for the maker's end
		}
		if failed = way.Take(ctx, b); failed != nil {
			cancel()
			continue
		}
		done += b.Frames
		if o.Progress != nil && done%51_200 == 0 {
			o.Progress(Measure{"filling", done, o.Posts})
		}
		empty <- b
	}
	return errors.Join(failed, ctx.Err())
}

// The stored posts are spread evenly over days that end at storedUntil.
const (
	StoredDays    = 60
	storedAuthors = 400_000
)

var storedUntil = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

// past is the stream of the mix, by people who post more than once, over days
// instead of seconds.
type past struct {
	posts   *mix.Posts
	people  *rand.Zipf
	decoder bluesky.Decoder
	line    []byte
	at      time.Time
	step    time.Duration
}

func newPast(w *mix.World, posts int) *past {
	days := StoredDays * 24 * time.Hour
	return &past{
		posts: w.Posts(standingMonitors), people: rand.NewZipf(rand.New(rand.NewPCG(8, 13)), 1.05, 50, storedAuthors-1),
		at: storedUntil.Add(-days), step: days / time.Duration(max(posts, 1)),
	}
}

// skip passes over a post, which is in line then, and says whose it is.
func (p *past) skip() (who uint64) {
	p.line = p.posts.Next(p.line[:0])
	p.at = p.at.Add(p.step)
	return p.people.Uint64()
}

// next sets ev to the next post, which shares no memory with another one.
func (p *past) next(ev *network.Event) {
	who := p.skip()
	if _, err := p.decoder.Decode(string(p.line), ev); err != nil {
		panic(fmt.Sprintf("firehose: a frame of the mix cannot be read: %v", err)) // cannot happen: the mix is tested
	}
	post := &ev.Post
	was := post.Author.ID
	post.Author.ID = "did:plc:" + personID(who)
	post.Author.Handle = "name" + strconv.FormatUint(who, 36) + ".bsky.social"
	key := recordKey(p.at, who)
	at := strings.LastIndexByte(post.ID, '/') + 1
	old := post.ID[at:]
	post.ID = strings.Replace(post.ID[:at]+key, was, post.Author.ID, 1)
	post.URL = strings.Replace(strings.Replace(post.URL, old, key, 1), was, post.Author.ID, 1)
	post.Published, ev.At = p.at, p.at
	if ev.Revision != "" {
		ev.Revision = key
	}
}

// History calls each with the posts that an archive of n holds, the oldest
// first, until it fails. Each shares no memory with another.
func History(n int, each func(*hearth.Post) error) error {
	p := newPast(mix.NewWorld(), n)
	for range n {
		var ev network.Event
		p.next(&ev)
		if err := each(&ev.Post); err != nil {
			return err
		}
	}
	return nil
}

// HistoryEnd is when the last of these posts was written.
func HistoryEnd() time.Time { return storedUntil }

const base32 = "234567abcdefghijklmnopqrstuvwxyz"

// personID is 24 letters that look like chance, as Bluesky's do.
func personID(n uint64) string {
	r := rand.NewPCG(n, 21)
	b := make([]byte, 24)
	for i := range b {
		b[i] = base32[r.Uint64()%32]
	}
	return string(b)
}

// recordKey is a key that rises with time (atproto.com/specs/tid).
func recordKey(at time.Time, clock uint64) string {
	v := uint64(at.UnixMicro())<<10 | clock&1023
	var b [13]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = base32[v&31]
		v >>= 5
	}
	return string(b[:])
}
