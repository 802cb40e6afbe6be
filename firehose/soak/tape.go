package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"hearth/analysis"
	"hearth/analysis/standard"
	"hearth/firehose/mix"
	"hearth/network"
	"hearth/network/bluesky"
	"hearth/query"
	"hearth/text"
)

// tape is an endless stream of events, each a function of its number alone:
// the host needs no memory to send any of them again, and the judge none to
// know what must be there in the end.
type tape struct {
	seed     uint64
	monitors []string
	pool     []record
}

// record is a post's record, of which many posts are made.
type record struct {
	begin, end string // before the time and behind it
	wanted     []int  // monitors, by their place
}

// op is what an event is.
type op uint8

const (
	create  op = iota
	remove     // of a post that is wanted
	edit       // of a post that is wanted
	broken     // an event with a number that is no event of ours
	foreign    // the removal of a post that nobody has
	account    // a change of an account's state that changes nothing
)

// poolSize is how many records there are. All monitors are asked about each,
// slowly.
const poolSize = 3_000

// newTape makes the frozen mix into a pool and lets query.Match decide what is
// wanted.
func newTape(seed uint64, monitors int) (*tape, error) {
	world := mix.NewWorld()
	t := &tape{seed: seed, monitors: world.Monitors(monitors)}
	queries := make([]*query.Query, monitors)
	for i, s := range t.monitors {
		q, problems := query.Parse(s)
		if q == nil {
			return nil, fmt.Errorf("monitor %d: %s", i, problems[0].Message)
		}
		queries[i] = q
	}
	posts := world.Posts(monitors)
	for range poolSize {
		var f struct {
			Commit struct{ Record json.RawMessage }
		}
		if err := json.Unmarshal(posts.Next(nil), &f); err != nil {
			return nil, fmt.Errorf("reading the frozen mix: %w", err)
		}
		r, err := split(string(f.Commit.Record))
		if err != nil {
			return nil, err
		}
		t.pool = append(t.pool, r)
	}
	return t, t.decide(queries)
}

// split takes a record apart at its time and at its text's end.
func split(s string) (record, error) {
	const key = `"createdAt":"`
	at := strings.Index(s, key) + len(key)
	end := at + strings.IndexByte(s[at:], '"')
	if at < len(key) || !strings.HasSuffix(s, `"}`) || !strings.Contains(s, `"text":"`) {
		return record{}, fmt.Errorf("a record of the mix has another shape: %s", s)
	}
	return record{begin: s[:at], end: s[end : len(s)-2]}, nil
}

// decide asks the slow truth, with all processors.
func (t *tape) decide(queries []*query.Query) error {
	analyzers := standard.Analyzers()
	var crew sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	errs := make([]error, workers)
	for w := range workers {
		crew.Go(func() {
			for i := w; i < len(t.pool) && errs[w] == nil; i += workers {
				errs[w] = t.decideOne(&t.pool[i], queries, analyzers)
			}
		})
	}
	crew.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *tape) decideOne(r *record, queries []*query.Query, analyzers []analysis.Analyzer) error {
	frame := t.commit(nil, 1, 1_790_000_000_000_000, "create", rkey(1), r, 0)
	var ev network.Event
	if kind, err := bluesky.DecodeLine(string(frame), &ev); err != nil || kind != bluesky.Post {
		return fmt.Errorf("a frame of the tape is no post (%v): %s", err, frame)
	}
	ev.Post.Author.Handle = handleOf(ev.Post.Author.ID)
	var doc text.Doc
	query.AddPost(&doc, &ev.Post)
	analysis.Run(analyzers, []analysis.Item{{Post: &ev.Post, Doc: &doc}})
	for m, q := range queries {
		if q.MatchDoc(&ev.Post, &doc) {
			r.wanted = append(r.wanted, m)
		}
	}
	return nil
}

// share is how many posts of a hundred are wanted.
func (t *tape) share() float64 {
	n := 0
	for i := range t.pool {
		if len(t.pool[i].wanted) > 0 {
			n++
		}
	}
	return 100 * float64(n) / float64(len(t.pool))
}

// dice is a number that looks like chance (splitmix64, Steele et al. 2014).
func (t *tape) dice(seq int64) uint64 {
	z := t.seed + uint64(seq)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// at is what event seq is and, of a post, its record.
func (t *tape) at(seq int64) (op, *record) {
	d := t.dice(seq)
	r := &t.pool[d%uint64(len(t.pool))]
	switch d >> 40 % 200_000 {
	case 0:
		return broken, r
	case 1, 2:
		return account, r
	}
	switch d >> 40 % 5_000 {
	case 10:
		return remove, r
	case 11:
		return edit, r
	case 12, 13, 14, 15, 16, 17, 18, 19, 20, 21:
		return foreign, r
	}
	return create, r
}

// target is the wanted post that an edit or a removal is about: the newest one
// of some hundred events before; 0: there is none.
func (t *tape) target(seq int64) (int64, *record) {
	for s := seq - 100; s > max(0, seq-3_000); s-- {
		if o, r := t.at(s); o == create && len(r.wanted) > 0 {
			return s, r
		}
	}
	return 0, nil
}

// frame appends event seq as version 2 of Jetstream sends it, seen at micros.
func (t *tape) frame(b []byte, seq, micros int64) []byte {
	o, r := t.at(seq)
	switch o {
	case create:
		return t.commit(b, seq, micros, "create", rkey(seq), r, 0)
	case edit, remove:
		of, r := t.target(seq)
		if of == 0 {
			break
		}
		if o == edit {
			return t.commit(b, seq, micros, "update", rkey(of), r, of)
		}
		b = t.head(b, "commit", seq, micros, did(of))
		return fmt.Appendf(b, `"rev":"%s","operation":"delete","collection":"app.bsky.feed.post","rkey":"%s"}}`, rkey(seq), rkey(of))
	case broken: // a post without a record
		b = t.head(b, "commit", seq, micros, did(seq))
		return fmt.Appendf(b, `"rev":"%s","operation":"create","collection":"app.bsky.feed.post","rkey":"%s"}}`, rkey(seq), rkey(seq))
	case account:
		b = t.head(b, "account", seq, micros, did(seq))
		return fmt.Appendf(b, `"account":{"active":true,"did":"%s","seq":%d}}}`, did(seq), seq)
	}
	b = t.head(b, "commit", seq, micros, did(seq))
	return fmt.Appendf(b, `"rev":"%s","operation":"delete","collection":"app.bsky.feed.post","rkey":"never%s"}}`, rkey(seq), rkey(seq))
}

func (t *tape) head(b []byte, kind string, seq, micros int64, did string) []byte {
	b = append(append(b, `{"$type":"message","payload":{"$type":"network.bsky.jetstream.subscribeEvents#`...), kind...)
	b = strconv.AppendInt(append(b, `","seq":`...), seq, 10)
	b = append(append(append(b, `,"did":"`...), did...), `","time":"`...)
	from := len(b)
	b = time.UnixMicro(micros).UTC().AppendFormat(b, "2006-01-02T15:04:05.000000Z")
	to := len(b)
	b = append(append(b, `","witnessedAt":"`...), b[from:to]...)
	return append(b, `",`...)
}

// commit appends a post; its text ends with its number, which no monitor reads.
// An edit, of post of, says so at the text's end.
func (t *tape) commit(b []byte, seq, micros int64, operation, key string, r *record, of int64) []byte {
	author, number := did(seq), seq
	if of > 0 {
		author, number = did(of), of
	}
	b = t.head(b, "commit", seq, micros, author)
	b = append(append(append(b, `"rev":"`...), rkey(seq)...), `","operation":"`...)
	b = append(append(b, operation...), `","collection":"app.bsky.feed.post","rkey":"`...)
	b = append(append(append(b, key...), `","record":`...), r.begin...)
	b = time.UnixMicro(micros).UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	b = append(append(b, r.end...), ' ')
	b = appendNumber(b, number)
	if of > 0 {
		b = appendNumber(append(b, ' '), seq)
	}
	return append(b, `"},"cid":"bafyreifakeqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"}}`...)
}

const digits = 13

func appendNumber(b []byte, n int64) []byte { return fmt.Appendf(b, "%0*d", digits, n) }

// rkey is a record key that rises with the number, as TIDs do.
func rkey(seq int64) string { return fmt.Sprintf("%0*d", digits, seq) }

// numbered reads a post's number from its id, bluesky's only.
func numbered(id string) (int64, error) {
	return strconv.ParseInt(id[strings.LastIndexByte(id, '/')+1:], 10, 64)
}

const authors = 20_000

func did(seq int64) string { return "did:plc:soak" + fmt.Sprintf("%020d", seq%authors) }

func handleOf(did string) string { return "a" + did[len(did)-6:] + ".soak.example" }

// fate is what must be known of a wanted post in the end.
type fate struct {
	version int64 // the event whose text it has
	wanted  []int
}

// fold plays the tape from one event to another, both included, without what
// was lost, and says which posts are there then, and how many events are broken.
func (t *tape) fold(from, to int64, lost func(int64) bool) (posts map[int64]fate, letters int) {
	posts = map[int64]fate{}
	gone := map[int64]bool{}
	for seq := from; seq <= to; seq++ {
		o, r := t.at(seq)
		if o == account || o == foreign || o == create && len(r.wanted) == 0 || lost(seq) {
			continue
		}
		switch o {
		case create:
			posts[seq] = fate{seq, r.wanted}
		case broken:
			letters++
		case edit:
			if of, r := t.target(seq); of > 0 && !gone[of] {
				posts[of] = fate{seq, r.wanted}
			}
		case remove:
			if of, _ := t.target(seq); of > 0 {
				delete(posts, of)
				gone[of] = true
			}
		}
	}
	return posts, letters
}

// ending is how the text of a post of the tape ends.
func ending(seq int64, f fate) string {
	s := string(appendNumber(nil, seq))
	if f.version != seq {
		s += " " + string(appendNumber(nil, f.version))
	}
	return s
}
