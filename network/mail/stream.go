package mail

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearth"
	"hearth/network"
)

const (
	atOnce      = 20      // messages in a batch
	bytesAtOnce = 8 << 20 // of messages in a batch, about
	maxUIDs     = 200_000 // looked at in one round; the rest in the next
	remembered  = 20_000  // newest messages whose removal is noticed
	deadLetter  = 64 << 10
	// wakeEvery is how long an IDLE lasts at most: servers may end it after 30
	// minutes (RFC 2177), and a wake-up that was lost comes this late.
	wakeEvery = 10 * time.Minute
)

// stream is network.Network.Stream.
func (l *limits) stream(ctx context.Context, s *network.Session, from network.Cursor, emit func(*network.Batch) error) error {
	at, err := parseCursor(from)
	if err != nil {
		return err
	}
	every, err := time.ParseDuration(s.Settings["interval"])
	if err != nil {
		return err
	}
	m, err := l.open(ctx, s)
	if err != nil {
		return err
	}
	defer m.Close()
	stop := context.AfterFunc(ctx, func() { m.Close() })
	defer stop()
	w := &walker{limits: l, s: s, m: m, place: at, emit: emit, deletes: s.Settings["expunged"] == "delete"}
	server, _ := parseServer(s.Settings["server"], s.Settings["security"])
	err = w.walk(ctx, every)
	if w.refused == nil && ctx.Err() == nil && len(w.batch.Events)+len(w.batch.Rejects) > 0 {
		w.give() // what came before it broke
	}
	if w.refused != nil {
		return w.refused
	}
	return ended(ctx, server, err)
}

// walker walks from message to message.
type walker struct {
	*limits
	place
	s       *network.Session
	m       *mailbox
	emit    func(*network.Batch) error
	batch   network.Batch
	deletes bool
	gave    bool              // something was given out
	refused error             // what emit said
	pending map[string]string // what is remembered once the batch is out of our hands
}

// walk reads what is new, again and again.
func (w *walker) walk(ctx context.Context, every time.Duration) error {
	if err := w.begin(); err != nil {
		return err
	}
	for {
		if err := w.round(ctx); err != nil {
			return err
		}
		if !w.gave { // that there is nothing says that we listen
			if err := w.give(); err != nil {
				return err
			}
		}
		if err := w.wait(ctx, every); err != nil {
			return err
		}
	}
}

// begin finds the place to read from.
func (w *walker) begin() error {
	now := w.s.Clock()
	fresh := w.m.selected
	switch {
	case w.validity == 0:
		days, _ := strconv.Atoi(w.s.Settings["days"])
		w.since = now.AddDate(0, 0, -days)
		w.next = uint32(fresh.UIDNext)
		w.old = w.next
		if days > 0 || w.next == 0 {
			w.next = 1
		}
	case w.validity != fresh.UIDValidity:
		w.batch.Gaps = append(w.batch.Gaps, network.Gap{
			From: fmt.Sprintf("%d/%d", w.validity, w.next), To: fmt.Sprintf("%d/1", fresh.UIDValidity),
			Reason: "The mail server has numbered the folder anew (it was made again, or restored). It is read again from the beginning; what was removed before cannot be had.",
		})
		w.next, w.old = 1, uint32(fresh.UIDNext)
	default:
		if w.deletes {
			w.m.expunged.Store(true) // perhaps, while nobody looked
		}
		return nil
	}
	w.validity = fresh.UIDValidity
	return w.give()
}

// round reads what is new, and what is gone.
func (w *walker) round(ctx context.Context) error {
	for {
		uids, err := w.search(imap.UIDRange{Start: imap.UID(w.next)})
		if err != nil {
			return err
		}
		uids = slices.DeleteFunc(uids, func(u imap.UID) bool { return uint32(u) < w.next }) // n:* gives the last of all, too
		if len(uids) == 0 {
			break
		}
		slices.Sort(uids)
		for len(uids) > 0 {
			part := uids[:min(len(uids), atOnce)]
			uids = uids[len(part):]
			if err := w.read(ctx, part); err != nil {
				return err
			}
		}
	}
	if w.deletes && w.m.expunged.Swap(false) {
		return w.removals()
	}
	return nil
}

// search finds the numbers of messages in a range; no more than maxUIDs.
func (w *walker) search(r imap.UIDRange) (uids []imap.UID, err error) {
	w.m.conn.allow(talk)
	data, err := w.m.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{{r}}}, nil).Wait()
	if err != nil {
		return nil, refusal(err, hearth.Unavailable, "The mail server does not search its folder: %s.")
	}
	set, _ := data.All.(imap.UIDSet)
	for _, part := range set {
		for u := part.Start; u <= part.Stop && u != 0 && len(uids) < maxUIDs; u++ {
			uids = append(uids, u)
		}
	}
	return uids, nil
}

// envelope is what is known of a message before it is read.
type envelope struct {
	uid  imap.UID
	size int64
	date time.Time
}

// read reads some messages, in the order of their numbers.
func (w *walker) read(ctx context.Context, uids []imap.UID) error {
	w.m.conn.allow(talk)
	var list []envelope
	fetch := w.m.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true})
	for msg := fetch.Next(); msg != nil; msg = fetch.Next() {
		b, err := msg.Collect()
		if err != nil {
			return err
		}
		list = append(list, envelope{uid: b.UID, size: b.RFC822Size, date: b.InternalDate.UTC()})
	}
	if err := fetch.Close(); err != nil {
		return refusal(err, hearth.Unavailable, "The mail server does not give its messages: %s.")
	}
	slices.SortFunc(list, func(a, b envelope) int { return int(a.uid) - int(b.uid) })
	size := int64(0)
	for _, e := range list {
		if !slices.Contains(uids, e.uid) {
			continue
		}
		if err := w.message(e); err != nil {
			return err
		}
		w.next = uint32(e.uid) + 1
		if size += e.size; size > bytesAtOnce {
			if err := w.give(); err != nil {
				return err
			}
			size = 0
		}
	}
	w.next = max(w.next, uint32(uids[len(uids)-1])+1) // those that went away meanwhile
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return w.give()
}

// message reads one message into the batch.
func (w *walker) message(e envelope) error {
	w.batch.Frames++
	if uint32(e.uid) < w.old && e.date.Before(w.since) {
		return nil // from before the first look
	}
	section := &imap.FetchItemBodySection{Peek: w.s.Settings["mark_read"] != "yes"}
	tooLarge := e.size > w.limits.message
	if tooLarge {
		section.Specifier, section.Peek = imap.PartSpecifierHeader, true
	}
	w.m.conn.allow(min(e.size, w.limits.message) + 1<<20)
	raw, err := w.fetch(e.uid, section)
	if err != nil || raw == nil {
		return err
	}
	if tooLarge {
		w.reject(raw, fmt.Sprintf("The message has %d bytes, more than the %d that are read.", e.size, w.limits.message))
		return nil
	}
	m, err := readMessage(raw)
	if err != nil {
		w.reject(raw, network.Sentence(err))
		return nil
	}
	if w.skips(m.nature) {
		return nil
	}
	ev := w.batch.Add()
	if err := m.fill(ev, e.date); err != nil {
		w.batch.Drop()
		w.reject(raw, network.Sentence(err))
		return nil
	}
	if w.deletes {
		w.remember(e.uid, ev.Post.ID+"\n"+ev.Post.Author.ID)
	}
	return nil
}

// fetch gets a part of one message; nil if it went away.
func (w *walker) fetch(uid imap.UID, section *imap.FetchItemBodySection) (raw []byte, err error) {
	fetch := w.m.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}})
	for msg := fetch.Next(); msg != nil; msg = fetch.Next() {
		body, whose, err := bodyOf(msg)
		if err != nil {
			// Nothing more of the answer: the client's own goroutine has the
			// connection again, and closing it ends the command.
			return nil, err
		}
		if whose == uid && body != nil {
			raw = body
		}
	}
	if err := fetch.Close(); err != nil && err != io.EOF {
		return nil, refusal(err, hearth.Unavailable, "The mail server does not give a message: %s.")
	}
	return raw, nil
}

// bodyOf is what an answer has of a message, and which one.
func bodyOf(msg *imapclient.FetchMessageData) (body []byte, uid imap.UID, err error) {
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = item.UID
		case imapclient.FetchItemDataBodySection:
			if item.Literal == nil {
				continue
			}
			if body, err = io.ReadAll(item.Literal); err != nil {
				return nil, 0, err
			}
		}
	}
	return body, uid, nil
}

// skips says whether the settings leave such messages out.
func (w *walker) skips(n nature) bool {
	switch w.s.Settings["skip"] {
	case "automatic":
		return n.automatic || n.bounce
	case "lists":
		return n.automatic || n.bounce || n.list
	}
	return false
}

func (w *walker) reject(raw []byte, reason string) {
	w.batch.Rejects = append(w.batch.Rejects, network.Reject{Raw: slices.Clone(raw[:min(len(raw), deadLetter)]), Reason: reason})
}

func (w *walker) give() error {
	w.batch.Cursor = w.cursor()
	if w.refused = w.emit(&w.batch); w.refused != nil {
		return w.refused
	}
	w.gave = true
	w.batch.Reset()
	for key, value := range w.pending {
		w.s.Cache.Put(key, value)
	}
	clear(w.pending)
	return nil
}

// remember notes what a number stands for, so that its removal can be told.
func (w *walker) remember(uid imap.UID, what string) {
	if w.pending == nil {
		w.pending = map[string]string{}
	}
	w.pending[w.key(uid)] = what
}

func (w *walker) key(uid imap.UID) string {
	return "uid " + strconv.FormatUint(uint64(w.validity), 10) + "/" + strconv.FormatUint(uint64(uid), 10)
}

// removals tells of messages that were there and are not any more.
func (w *walker) removals() error {
	from := imap.UID(1)
	if w.next > remembered {
		from = imap.UID(w.next - remembered)
	}
	uids, err := w.search(imap.UIDRange{Start: from})
	if err != nil {
		return err
	}
	there := make(map[imap.UID]bool, len(uids))
	for _, u := range uids {
		there[u] = true
	}
	for u := from; u < imap.UID(w.next); u++ {
		if there[u] {
			continue
		}
		id, author, ok := strings.Cut(w.recall(u), "\n")
		if !ok {
			continue
		}
		*w.batch.Add() = network.Event{Op: network.Delete, Revision: "gone", At: w.s.Clock(), Post: hearth.Post{
			Network: Name, ID: id, Author: hearth.Author{ID: author},
		}}
		w.batch.Frames++
		w.remember(u, "")
	}
	if len(w.batch.Events) == 0 {
		return nil
	}
	return w.give()
}

func (w *walker) recall(uid imap.UID) string {
	what, _ := w.s.Cache.Get(w.key(uid))
	return what
}

// wait waits until the server says that something changed, or it is time to ask.
func (w *walker) wait(ctx context.Context, every time.Duration) error {
	w.m.conn.allow(talk)
	longest := every
	if w.m.idles {
		idle, err := w.m.Idle()
		if err != nil {
			return err
		}
		defer func() {
			if idle.Close() == nil {
				idle.Wait()
			}
		}()
		longest = wakeEvery
	}
	timer := time.NewTimer(longest)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.m.Closed():
		return hearth.Errorf(hearth.Unavailable, "The mail server ended the connection.")
	case <-w.m.news:
	case <-timer.C:
		if !w.m.idles { // what it has to tell comes with an answer
			return w.m.Noop().Wait()
		}
	}
	return nil
}
