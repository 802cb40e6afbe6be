package network_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sort"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"hearth"
	"hearth/network"
)

// board is a network of one listing, in memory.
type board struct {
	mu      sync.Mutex
	posts   map[int64]string // order → text; "#…" cannot be read
	pageOf  int
	keeps   int // the newest that are listed; 0: all
	loop    bool
	failure error
	calls   int
}

func (b *board) set(order int64, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.posts[order] = text
}

func (b *board) orders() (list []int64) {
	for order := range b.posts {
		list = append(list, order)
	}
	sort.Slice(list, func(i, j int) bool { return list[i] > list[j] })
	if b.keeps > 0 {
		list = list[:min(b.keeps, len(list))]
	}
	return list
}

func (b *board) entry(order int64) network.Entry {
	text := b.posts[order]
	e := network.Entry{Order: order, Raw: text, Event: network.Event{Revision: text, Post: hearth.Post{
		Network: "board", ID: strconv.FormatInt(order, 10), Text: text, Author: hearth.Author{ID: "ann"},
	}}}
	if text[0] == '#' {
		e.Problem, e.Order = "It is no post.", 0
	}
	return e
}

// page shows the posts below the order that token names.
func (b *board) page(_ context.Context, token string) (p network.Page, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	below, _ := strconv.ParseInt(token, 10, 64)
	for _, order := range b.orders() {
		if token != "" && order >= below {
			continue
		}
		if len(p.Entries) == b.pageOf {
			p.Next = strconv.FormatInt(p.Entries[b.pageOf-1].Order, 10)
			if b.loop {
				p.Next = ""
				if token == "" {
					p.Next = "9999"
				} else {
					p.Next = token
				}
			}
			break
		}
		e := b.entry(order)
		if e.Problem != "" && len(p.Entries) == b.pageOf-1 {
			e.Order = order // a page's last tells where the next begins
		}
		p.Entries = append(p.Entries, e)
	}
	return p, b.failure
}

func (b *board) ask(_ context.Context, ref string) (network.Entry, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	order, _ := strconv.ParseInt(ref, 10, 64)
	if b.posts[order] == "" {
		return network.Entry{}, hearth.Errorf(hearth.NotFound, "There is no such post.")
	}
	return b.entry(order), nil
}

// reader is who reads a board: with what is stored, as ingest stores it.
type reader struct {
	*board
	cache   memoryCache
	cursor  network.Cursor
	asks    bool
	pages   int
	stored  map[string]string
	rejects int
	gaps    []network.Gap
}

type memoryCache map[string]string

func (c memoryCache) Get(key string) (string, bool) { v, ok := c[key]; return v, ok }
func (c memoryCache) Put(key, value string)         { c[key] = value }

var errEnough = errors.New("enough")

// read reads until a look gave nothing new, some looks long; crash is after how
// many batches everything since the last one is lost.
func (r *reader) read(t interface{ Fatal(...any) }, crash int) {
	poll := network.Poll{
		Network: "board", Session: &network.Session{Cache: r.cache, Clock: hearth.SystemClock, Log: slog.New(slog.DiscardHandler)},
		Every: time.Microsecond, Recheck: time.Nanosecond, Window: 50, Pages: r.pages,
		Listings: []network.Listing{{Name: "all", Page: r.page, Rolls: r.keeps > 0}},
	}
	if r.asks {
		poll.Listings[0].Ask = r.ask
	}
	quiet, batches := 0, 0
	err := poll.Run(context.Background(), r.cursor, func(b *network.Batch) error {
		if batches++; batches == crash {
			return errEnough
		}
		if quiet++; len(b.Events)+len(b.Rejects) > 0 {
			quiet = 0
		}
		for _, e := range b.Events {
			switch _, there := r.stored[e.Post.ID]; {
			case e.Op == network.Delete:
				delete(r.stored, e.Post.ID)
			case e.Op == network.Update || !there:
				r.stored[e.Post.ID] = e.Post.Text
			}
		}
		r.rejects += len(b.Rejects)
		r.gaps = append(r.gaps, b.Gaps...)
		r.cursor = b.Cursor
		if quiet > 3 {
			return errEnough
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Fatal(err)
	}
}

func (b *board) reader() *reader {
	return &reader{board: b, cache: memoryCache{}, stored: map[string]string{}, asks: true}
}

// TestWhatIsReadEqualsWhatIsThere lets posts be written, edited and removed,
// late ones among them, while the reader comes, crashes and goes.
//
// proves ING4
func TestWhatIsReadEqualsWhatIsThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := &board{posts: map[int64]string{1: "first"}, pageOf: rapid.IntRange(1, 7).Draw(t, "page")}
		r := b.reader()
		r.asks = rapid.Bool().Draw(t, "asks")
		r.read(t, 0)
		newest := int64(10)
		for range rapid.IntRange(1, 6).Draw(t, "rounds") {
			for range rapid.IntRange(0, 8).Draw(t, "written") {
				newest += int64(rapid.IntRange(1, 3).Draw(t, "step"))
				b.set(newest, fmt.Sprint("post ", newest))
			}
			for range rapid.IntRange(0, 3).Draw(t, "changed") {
				list := b.orders()
				order := list[rapid.IntRange(0, len(list)-1).Draw(t, "which")]
				if rapid.Bool().Draw(t, "remove") && len(list) > 1 {
					delete(b.posts, order)
				} else {
					b.set(order, fmt.Sprint("edit ", rapid.Int().Draw(t, "text")))
				}
			}
			if rapid.Bool().Draw(t, "away") {
				r.read(t, rapid.IntRange(1, 3).Draw(t, "crash"))
			}
			r.read(t, 0)
			want := map[string]string{}
			for order, text := range b.posts {
				want[strconv.FormatInt(order, 10)] = text
			}
			if diff := cmp.Diff(want, r.stored); diff != "" || len(r.gaps) > 0 {
				t.Fatalf("there (-), read (+): %s; gaps %v", diff, r.gaps)
			}
		}
	})
}

func TestWhatCannotBeReadIsRejectedOnceAcrossRestarts(t *testing.T) {
	t.Parallel()
	b := &board{posts: map[int64]string{1: "a", 2: "#damaged", 3: "c"}, pageOf: 5}
	r := b.reader()
	r.read(t, 0)
	b.set(4, "#damaged too")
	r.read(t, 0)
	r.read(t, 0)
	if r.rejects != 2 || len(r.stored) != 2 || len(r.gaps) > 0 {
		t.Errorf("%d rejects, %v, gaps %v", r.rejects, r.stored, r.gaps)
	}
}

// proves I8, ING4
func TestWhatRolledOutOfAListingIsAGap(t *testing.T) {
	t.Parallel()
	b := &board{posts: map[int64]string{1: "a"}, pageOf: 5, keeps: 10}
	r := b.reader()
	r.read(t, 0)
	for n := range int64(30) {
		b.set(10+n, "x")
	}
	r.read(t, 0)
	want := []network.Gap{{From: "all 1", To: "all 30", Reason: "The network does not list posts back to where reading stopped."}}
	if diff := cmp.Diff(want, r.gaps); diff != "" {
		t.Errorf("want (-), got (+): %s", diff)
	}
}

// proves I8, I36
func TestALookHasSoManyPagesAndTheRestIsAGap(t *testing.T) {
	t.Parallel()
	b := &board{posts: map[int64]string{1: "a"}, pageOf: 5}
	r := b.reader()
	r.pages = 4
	r.read(t, 0)
	for n := range int64(30) {
		b.set(10+n, "x")
	}
	r.read(t, 0)
	if len(r.gaps) != 1 || r.gaps[0].From != "all 1" || r.gaps[0].To != "all 20" || len(r.stored) != 21 {
		t.Errorf("%d stored, gaps %+v", len(r.stored), r.gaps)
	}
}

// proves F34
func TestPagesThatLeadInACircleEndAndAreAGap(t *testing.T) {
	t.Parallel()
	b := &board{posts: map[int64]string{1: "a"}, pageOf: 2}
	r := b.reader()
	r.read(t, 0)
	b.loop = true
	for n := range int64(6) {
		b.set(10+n, "x")
	}
	calls := b.calls
	r.read(t, 2)
	if len(r.gaps) == 0 || b.calls-calls > 10 {
		t.Errorf("%d calls, gaps %+v", b.calls-calls, r.gaps)
	}
}

func TestAListingThatFailsCostsNoOther(t *testing.T) {
	t.Parallel()
	good := &board{posts: map[int64]string{1: "a"}, pageOf: 2}
	bad := &board{failure: hearth.Errorf(hearth.NotFound, "There is no such forum.")}
	got := 0
	poll := network.Poll{
		Network: "board", Session: &network.Session{Cache: memoryCache{}, Clock: hearth.SystemClock}, Every: time.Hour,
		Listings: []network.Listing{{Name: "bad", Page: bad.page}, {Name: "good", Page: good.page}},
	}
	err := poll.Run(t.Context(), "", func(b *network.Batch) error { got += len(b.Events); return nil })
	if got != 1 || hearth.ErrorCode(err) != hearth.NotFound {
		t.Errorf("%d events, error %v", got, err)
	}
}

func TestADamagedPollCursorIsRefused(t *testing.T) {
	t.Parallel()
	for _, cursor := range []network.Cursor{"17", "p1 all", "p1 all x 0", "p1 all 1 -1", "p2 all 1 1"} {
		poll := network.Poll{Session: &network.Session{Cache: memoryCache{}, Clock: hearth.SystemClock}}
		if err := poll.Run(t.Context(), cursor, nil); hearth.ErrorCode(err) != hearth.Damaged {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}

// A search that was interrupted goes on.
func TestASweepGoesOnFromEachCursor(t *testing.T) {
	t.Parallel()
	at := func(n int64) time.Time { return time.Unix(n, 0).UTC() }
	pageOf := func(_ context.Context, phrase, token string) (p network.Page, err error) {
		n := int64(20)
		if token != "" {
			n, err = strconv.ParseInt(token, 10, 64)
		}
		for ; n > 0 && len(p.Entries) < 4; n-- {
			p.Entries = append(p.Entries, network.Entry{Event: network.Event{Post: hearth.Post{
				Network: "board", ID: fmt.Sprint(phrase, n), Published: at(n),
			}}})
		}
		if p.Next = strconv.FormatInt(n, 10); n == 0 {
			p.Next = ""
		}
		return p, err
	}
	sweep := func(from network.Cursor, each func(*network.Batch) error) error {
		s := network.Sweep{Wanted: network.Wanted{Phrases: []string{"a b", "c"}, Since: at(7), Until: at(18)}, Page: pageOf}
		return s.Run(t.Context(), from, each)
	}
	var whole []string
	var cursors []network.Cursor
	var before []int
	collect := func(list *[]string) func(*network.Batch) error {
		return func(b *network.Batch) error {
			for i := range b.Events {
				*list = append(*list, b.Events[i].Post.ID)
			}
			return nil
		}
	}
	err := sweep("", func(b *network.Batch) error {
		collect(&whole)(b)
		cursors, before = append(cursors, b.Cursor), append(before, len(whole))
		return nil
	})
	if err != nil || len(whole) != 22 || whole[0] != "a b17" || whole[21] != "c7" {
		t.Fatalf("found %v, %v", whole, err)
	}
	for i, from := range cursors {
		got := append([]string{}, whole[:before[i]]...)
		if err := sweep(from, collect(&got)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(whole, got); diff != "" {
			t.Errorf("from %q: %s", from, diff)
		}
	}
	if err := sweep("s1 x", nil); hearth.ErrorCode(err) != hearth.Damaged {
		t.Errorf("a damaged cursor: %v", err)
	}
}
