// Package network is the seam to the places posts come from. A network is one
// value of functions in one folder below this one; nothing above this package
// knows a network's name. A new network is a folder and a line in network/all.
package network

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"hearth"
)

// Network is one place posts come from. A nil function means: it cannot.
type Network struct {
	Name   string  // lower case, as in Post.Network
	Title  string  // as people write it
	Fields []Field // settings, declared once: forms, validation, help and flags follow

	// Stream reads events as they happen, from after the cursor on (an empty
	// one means now), until ctx ends or the stream breaks. It calls emit with
	// one batch at a time, in order; an error of emit ends it and is returned.
	// It never retries by itself: the caller resumes from the last cursor it
	// committed.
	Stream func(ctx context.Context, s *Session, from Cursor, emit func(*Batch) error) error

	// Complete fills in what the stream leaves out (author handles, say) for
	// posts somebody wants. It works from a cache first, is bounded in time,
	// and leaves a post as it is where the network does not answer.
	Complete func(ctx context.Context, s *Session, posts []*hearth.Post)

	// Nameless says of a post that Complete was given that its author's handle is
	// still missing. Such posts are counted, and Complete is given their authors
	// again later, each in a post that has nothing else. nil: handles are in the
	// stream.
	Nameless func(*hearth.Post) bool

	// Decode reads one record again, as Stream does: the bytes of a Reject that
	// was kept as a dead letter. It adds what is in them to the batch: an event,
	// a Reject or nothing. The events may share the memory of raw.
	Decode func(raw []byte, b *Batch)

	// Search asks the network's own search for posts that are there already. It
	// emits them as Stream does, in the order that the network has, until
	// nothing is left of what was wanted; each batch's cursor is a place from
	// which the same search goes on. What it gives may be more than was wanted:
	// the caller matches every post. An error of emit ends it and is returned.
	Search func(ctx context.Context, s *Session, want Wanted, from Cursor, emit func(*Batch) error) error

	// Webhook is what the network sends by itself.
	Webhook *Webhook
}

// Wanted is what a search of the past looks for: posts with any of the phrases,
// written from Since (inclusive) to Until (exclusive).
type Wanted struct {
	Phrases      []string // words or phrases as people write them; never empty
	Since, Until time.Time
}

// Webhook takes deliveries that a network sends to Hearth. A delivery is
// verified, stored as it came and only then acknowledged; it is read later.
type Webhook struct {
	// Verify judges a delivery by its raw bytes before anything in them is
	// parsed: the secret, the signature (in constant time), the time window. It
	// gives the sender's id of the delivery, "" where it has none. A source
	// without a secret takes nothing.
	Verify func(s *Session, d *Delivery) (id string, err error)

	// Answer answers a handshake of the network, a GET with the token it was
	// given; nil: it has none. The answer is sent as plain text.
	Answer func(s *Session, query url.Values) (answer string, err error)

	// Read adds what is in a verified delivery to the batch, as Stream does. The
	// events may share the memory of the delivery. Where a reject of it is kept
	// as a dead letter, Read gets that alone as the body to replay it.
	Read func(s *Session, d *Delivery, b *Batch)

	// Keep are the headers that Read needs; one that ends in * stands for all
	// that begin so. The others are not stored.
	Keep []string

	// Example shows people how to send a delivery: commands of a shell that
	// name the secret but do not hold it; nil: the network knows by itself.
	Example func(s *Session, address string) string
}

// Delivery is one request that a network sent.
type Delivery struct {
	Header   http.Header // for Read: those of Keep
	Body     []byte      // as it came
	Received time.Time
}

// Field is one setting of a network or format.
type Field struct {
	Name     string // lower_case, stable
	Title    string
	Help     string // one sentence
	Default  string
	Required bool
	Secret   bool
	Choices  []string                 // where only these are allowed
	Check    func(value string) error // nil: any value

	// Make makes a secret out of 32 random bytes for a source that is added
	// without one; nil: people bring it.
	Make func(random []byte) string
}

// Cursor is a place in a network's stream, in the network's own words.
type Cursor string

// Session is one configured source: settings with the defaults filled in, the
// only HTTP client it may use, the clock and a logger. Recorded exchanges and
// fake servers are drop-ins.
type Session struct {
	Settings map[string]string
	HTTP     *http.Client
	Dial     func(ctx context.Context, address string) (net.Conn, error) // to a mail server, HOST:PORT; nil: nowhere
	Clock    hearth.Clock
	Log      *slog.Logger
	Cache    Cache // never nil

	// Authors are the names that standing queries ask authors for (author:x), as
	// they are now, at most a thousand: a network whose stream tells no handles can
	// find out whose they are. nil: nobody says. Safe for concurrent use.
	Authors func() []string

	// Callback is the address under which the network reaches this source's
	// webhook; "" where the server cannot be reached from outside.
	Callback string

	// Resting is told when the network is asked again, by who asks from time to
	// time, so that people can be told; nil: nobody wants to know. Call Rest.
	Resting func(until time.Time)
}

// Rest waits for d, or until ctx ends, which is its error, and says so.
func (s *Session) Rest(ctx context.Context, d time.Duration) error {
	if s.Resting != nil && d > 0 {
		s.Resting(s.Clock().Add(d))
	}
	return Pause(ctx, d)
}

// Cache remembers small facts (a handle of an id) between runs. It may forget.
// Safe for concurrent use.
type Cache interface {
	Get(key string) (value string, ok bool)
	Put(key, value string)
}

// Op is what happened to a post.
type Op uint8

const (
	Create       Op = iota // a new post
	Update                 // a new version of it: text, counts
	Delete                 // its author removed it: what is stored of it is erased
	HideAuthor             // Post.Author.ID is suspended or gone quiet: their posts are not shown
	ShowAuthor             // and shown again
	DeleteAuthor           // the account is gone: everything of it is erased
	Rename                 // Post.Author.ID has the handle Post.Author.Handle from now on
	Hide                   // moderators or flags took the post out of sight: it is kept and not shown
	Show                   // and shown again
)

// Event is one thing that happened. For Delete, Hide and Show only Post.Network,
// Post.ID and Post.Author.ID count: an edit, a deletion or a veil is obeyed only
// if it names the author of the stored post.
type Event struct {
	Op       Op
	Revision string    // the network's name for this version; with the post's key it is unique
	At       time.Time // when, by the network's clock; display only
	Post     hearth.Post
}

// Batch is what was read together and is stored together with its cursor. The
// network owns it and its memory: it is valid until emit returns.
type Batch struct {
	Events  []Event
	Rejects []Reject
	Gaps    []Gap
	Cursor  Cursor // the stream may be resumed after everything in the batch
	Frames  int    // records read, those without a post included
}

// Reject is a record that could not be read. Its bytes are kept with the
// reason as a dead letter, and people see it.
type Reject struct {
	Raw    []byte
	Reason string // a sentence for a person
	Line   int64  // where it stood, for files; else 0
}

// Gap is a stretch of a stream that cannot be had again.
type Gap struct {
	From, To string // as the network names places in it
	Reason   string // a sentence for a person
}

// Format is a file format that posts are imported from.
type Format struct {
	Name       string // ndjson, csv, jetstream, twitter, twitter-v2, mastodon
	Title      string
	Extensions []string // with the dot, lower case
	Fields     []Field

	// Sniff says whether the beginning of a file looks like the format.
	Sniff func(head []byte) bool

	// Read reads records one after the other and calls each with one at a
	// time. It never holds more than one record, goes on after an unreadable
	// one and returns only errors of r, of each and of ctx.
	Read func(ctx context.Context, r io.Reader, settings map[string]string, each func(*Record) error) error
}

// Record is one entry of an imported file: an event, or the reason why not.
// It is valid until each returns.
type Record struct {
	Number int64 // 1 for the first
	Event  Event
	Reject *Reject // not nil: the record could not be read
}
