package bluesky

import (
	"errors"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// Name is the network's name in posts.
const Name = "bluesky"

const postCollection = "app.bsky.feed.post"

// Kind is what a frame or line turned out to be.
type Kind uint8

const (
	Other   Kind = iota // nothing for us: another collection, a kind we do not know
	Post                // the event is a post made, edited or removed
	Account             // the event is about an author
	Sync                // events of Post.Author.ID were lost: what they have written is to be read again
	Info                // a notice about the stream, in Frame.Name and Message
	Failure             // the server ends the stream, for the reason in Frame.Name and Message
)

// Frame is what a frame says besides its event.
type Frame struct {
	Kind    Kind
	Seq     int64 // place in this host's stream; 0 in the first version of the protocol
	Time    int64 // unix microseconds when the host saw it; 0 if it does not say
	Name    string
	Message string
}

// Decoder reads events, in either version of the protocol, without allocating
// for each. One goroutine at a time. The zero value is ready.
type Decoder struct {
	r   jsonread.Reader
	raw rawEvent
}

// DecodeLine reads one event as Jetstream sends it, in either version of the
// protocol, into ev, whose lists are used again. The strings of ev share the
// line's memory. An error says in a sentence why the line cannot be read.
func DecodeLine(line string, ev *network.Event) (Kind, error) {
	var d Decoder
	f, err := d.Decode(line, ev)
	return f.Kind, err
}

// Decode reads one frame into ev. The strings share the memory of the line and
// of the decoder, a chunk for many.
func (d *Decoder) Decode(line string, ev *network.Event) (Frame, error) {
	ev.Reset()
	d.raw.reset()
	d.r.Reset(line)
	d.event(&ev.Post)
	if err := d.r.End(); err != nil {
		return Frame{}, err
	}
	raw := &d.raw
	f := Frame{Seq: raw.seq, Time: raw.micros()}
	if f.Time > 0 {
		ev.At = time.UnixMicro(f.Time).UTC()
	}
	var err error
	switch raw.kind {
	case kindCommit:
		f.Kind, err = d.commit(ev)
	case kindIdentity:
		f.Kind = d.identity(ev)
	case kindAccount:
		f.Kind = d.account(ev)
	case kindSync:
		if ev.Post.Author.ID = raw.subject(); strings.HasPrefix(ev.Post.Author.ID, "did:") {
			f.Kind = Sync
		}
	case kindInfo:
		f.Kind, f.Name, f.Message = Info, raw.name, raw.message
	case kindError:
		f.Kind, f.Name, f.Message = Failure, raw.failure, raw.message
	}
	return f, err
}

var errNoAuthor = errors.New("the event does not name the account (did) it belongs to")

// commit completes the post whose record has been read.
func (d *Decoder) commit(ev *network.Event) (Kind, error) {
	raw := &d.raw
	if raw.collection != postCollection {
		return Other, nil
	}
	if !strings.HasPrefix(raw.did, "did:") || raw.rkey == "" {
		return Other, errNoAuthor
	}
	switch raw.operation {
	case "create":
		ev.Op = network.Create
	case "update":
		ev.Op = network.Update
	case "delete":
		ev.Op = network.Delete
	default:
		return Other, nil
	}
	const at, path = "at://", "/" + postCollection + "/"
	const profile, post = "https://bsky.app/profile/", "/post/"
	p := &ev.Post
	p.Network = Name
	both := d.r.Concat(at, raw.did, path, raw.rkey, profile, raw.did, post, raw.rkey)
	idLen := len(at) + len(raw.did) + len(path) + len(raw.rkey)
	p.ID, p.URL = both[:idLen], both[idLen:]
	p.Author.ID = raw.did
	p.Author.URL = p.URL[:len(profile)+len(raw.did)]
	ev.Revision = raw.rev
	if ev.Op == network.Delete {
		p.Network = Name
		return Post, p.Check()
	}
	if !raw.hasRecord {
		return Other, errors.New("the event has no record")
	}
	d.finishRecord(p)
	if p.Published.IsZero() {
		p.Published = ev.At
	}
	return Post, p.Check()
}

func (d *Decoder) identity(ev *network.Event) Kind {
	raw := &d.raw
	if raw.handle == "" || raw.handle == "handle.invalid" || raw.subject() == "" {
		return Other
	}
	ev.Op = network.Rename
	ev.Post.Network = Name
	ev.Post.Author.ID, ev.Post.Author.Handle = raw.subject(), raw.handle
	return Account
}

// account maps an account's state to what becomes of its posts: suspension,
// takedown and deactivation hide them, deletion erases them. States of the
// plumbing (desynchronized, throttled) say nothing about the person.
func (d *Decoder) account(ev *network.Event) Kind {
	raw := &d.raw
	if raw.active == hearth.Unknown || raw.subject() == "" {
		return Other
	}
	switch {
	case raw.active == hearth.True:
		ev.Op = network.ShowAuthor
	case raw.status == "deleted":
		ev.Op = network.DeleteAuthor
	case raw.status == "desynchronized" || raw.status == "throttled":
		return Other
	default:
		ev.Op = network.HideAuthor
	}
	ev.Post.Network = Name
	ev.Post.Author.ID = raw.subject()
	return Account
}

// rawEvent is an event as it stands on the wire, its two versions folded into
// one.
type rawEvent struct {
	kind                   wireKind
	did, inner             string // the repo's account, and the one inside identity or account
	seq, timeUS            int64
	time, witnessed        string
	rev, operation         string
	collection, rkey       string
	hasRecord              bool
	handle, status         string
	active                 hearth.Bool
	name, failure, message string
	embedAlt               string
	video                  bool
	mentions               []span
}

type wireKind uint8

const (
	kindUnknown wireKind = iota
	kindCommit
	kindIdentity
	kindAccount
	kindSync
	kindInfo
	kindError
)

// span is a stretch of a text in bytes, and the account it mentions.
type span struct {
	from, to int64
	did      string
}

func (raw *rawEvent) reset() { *raw = rawEvent{mentions: raw.mentions[:0]} }

func (raw *rawEvent) subject() string {
	if raw.did != "" {
		return raw.did
	}
	return raw.inner
}

// micros is when the host saw the event. The time of witnessing is the one a
// cursor by time is compared with; time may have been set by an import.
func (raw *rawEvent) micros() int64 {
	for _, s := range [...]string{raw.witnessed, raw.time} {
		if s == "" {
			continue
		}
		if t, ok := hearth.ParseTime(s); ok {
			return t.UnixMicro()
		}
	}
	return max(raw.timeUS, 0)
}
