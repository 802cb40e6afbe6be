package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
	"hearth/network"
)

const (
	// MaxDelivery is the largest body of a delivery, in bytes.
	MaxDelivery = 10 << 20
	// storeTime is how long a delivery may wait to be stored.
	storeTime = 2 * time.Second
	// bodiesAtOnce is the memory that bodies of unread requests take together.
	bodiesAtOnce = 64 << 20
	// perSource is how many requests to one source are worked on at once.
	perSource = 64
	// knownFor is how long a delivery without a signed id is known by its bytes.
	knownFor = 24 * time.Hour
)

// ErrTooLarge refuses a delivery by its size.
var ErrTooLarge = &hearth.Error{Code: hearth.Invalid, Message: fmt.Sprintf("A delivery may be at most %d bytes; send it in several.", MaxDelivery)}

// ErrBusy means that the delivery is to be sent again, in a moment.
var ErrBusy = &hearth.Error{Code: hearth.Unavailable, Message: "Too much is being delivered at once; send it again in a moment."}

// Deliver takes what a network sends to the source that the token stands for.
// A nil error means that it is on the disk, now or since it came before. The
// errors: NotFound (no such token), ErrTooLarge, Denied (not signed as it must
// be; nothing was parsed), and Unavailable (send it again). Safe for concurrent
// use.
func (s *Sources) Deliver(ctx context.Context, token string, header http.Header, body io.Reader) error {
	key, src, err := s.sourceAt(ctx, token)
	if err != nil {
		return err
	}
	n := s.networks[src.Network]
	if n == nil || n.Webhook == nil {
		return errNoPath
	}
	door := s.doorOf(key)
	raw, free, err := s.readBody(body)
	defer free()
	if err != nil {
		if errors.Is(err, ErrTooLarge) {
			door.refuse(err, s.o.Clock())
		}
		return err
	}
	leave, err := door.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	session, err := s.doorSession(ctx, key, src, n)
	if err != nil { // not the sender's fault
		s.o.Log.Error("deliveries cannot be judged", "workspace", key.workspace, "source", key.id, "error", err)
		return hearth.Errorf(hearth.Unavailable, "The source is not ready to take deliveries; send it again later.")
	}
	d := &network.Delivery{Header: header, Body: raw, Received: s.o.Clock()}
	id, err := verifyUntilPanic(n, session, d)
	if err != nil {
		door.refuse(err, d.Received)
		return err
	}
	d.Header = keptHeaders(header, n.Webhook.Keep)
	name := "id " + id
	if id == "" {
		sum := sha256.Sum256(raw)
		name = bytesName + hex.EncodeToString(sum[:])
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	stored, err := s.storeDelivery(ctx, key, name, d)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			return ErrBusy
		}
		return err
	}
	door.taken(stored, d.Received)
	if stored {
		s.wakeReader(key)
	}
	return nil
}

// Answer answers a network's handshake, a GET with the token it was given.
func (s *Sources) Answer(ctx context.Context, token string, query url.Values) (string, error) {
	key, src, err := s.sourceAt(ctx, token)
	if err != nil {
		return "", err
	}
	n := s.networks[src.Network]
	if n == nil || n.Webhook == nil || n.Webhook.Answer == nil {
		return "", errNoPath
	}
	session, err := s.doorSession(ctx, key, src, n)
	if err != nil {
		return "", err
	}
	return n.Webhook.Answer(session, query)
}

// Expects says whether something is taken at the path of a token.
func (s *Sources) Expects(ctx context.Context, token string) error {
	_, _, err := s.sourceAt(ctx, token)
	return err
}

// readBody reads at most MaxDelivery bytes, in memory that all requests share.
func (s *Sources) readBody(body io.Reader) (raw []byte, free func(), err error) {
	var held int64
	free = func() { s.bodies.Release(held) }
	grow := func(n int64) error {
		if !s.bodies.TryAcquire(n) {
			return ErrBusy
		}
		held += n
		return nil
	}
	for size := 0; ; {
		if size == len(raw) {
			more := min(max(size, 16<<10), MaxDelivery+1-size)
			if more == 0 {
				return nil, free, ErrTooLarge
			}
			if err := grow(int64(more)); err != nil {
				return nil, free, err
			}
			raw = append(raw, make([]byte, more)...)
		}
		n, err := body.Read(raw[size:])
		if size += n; size > MaxDelivery {
			return nil, free, ErrTooLarge
		}
		switch {
		case err == io.EOF:
			return raw[:size], free, nil
		case err != nil:
			return nil, free, hearth.Errorf(hearth.Unavailable, "The delivery broke off or came too slowly; send it again.")
		}
	}
}

// doorSession is the session that deliveries are judged with.
func (s *Sources) doorSession(ctx context.Context, key sourceKey, src Source, n *network.Network) (*network.Session, error) {
	cache, err := s.cacheOf(ctx, key)
	if err != nil {
		return nil, err
	}
	return s.session(&runner{key: key, source: src}, n, cache)
}

// cacheOf is what the source's reader has learnt; where nobody reads it here,
// what it had learnt by its last commit.
func (s *Sources) cacheOf(ctx context.Context, key sourceKey) (network.Cache, error) {
	s.mu.Lock()
	r := s.running[key]
	s.mu.Unlock()
	if r != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.cache != nil {
			return r.cache, nil
		}
	}
	return loadCache(ctx, s.o.Store, key.workspace, key.id)
}

// verifyUntilPanic turns a panic of a network into a refusal to be sent again.
func verifyUntilPanic(n *network.Network, s *network.Session, d *network.Delivery) (id string, err error) {
	defer func() {
		if r := recover(); r != nil {
			s.Log.Error("a network failed while judging a delivery", "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = hearth.Errorf(hearth.Internal, "Hearth failed while judging the delivery.")
		}
	}()
	return n.Webhook.Verify(s, d)
}

// keptHeaders are the headers to store with a delivery.
func keptHeaders(h http.Header, keep []string) http.Header {
	const most, longest = 32, 1000
	kept := http.Header{}
	for name, values := range h {
		for _, pattern := range keep {
			beginning, open := strings.CutSuffix(pattern, "*")
			if (name == pattern || open && strings.HasPrefix(name, beginning)) && len(kept) < most && len(values) > 0 && len(values[0]) <= longest {
				kept[name] = values[:1]
			}
		}
	}
	return kept
}

// door is what is known of a source's deliveries since the program started.
type door struct {
	places chan struct{}

	mu         sync.Mutex
	last       time.Time // when one was taken
	accepted   int64
	duplicates int64
	refused    reasons
	refusals   int64
	lastRefuse time.Time
	news       chan struct{} // a wake-up for the reader, at most one waits
}

func (s *Sources) doorOf(key sourceKey) *door {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.doors[key]
	if d == nil {
		d = &door{places: make(chan struct{}, perSource), news: make(chan struct{}, 1)}
		s.doors[key] = d
	}
	return d
}

// enter waits for a place among the requests of the source.
func (d *door) enter(ctx context.Context) (leave func(), err error) {
	select { // a free one is taken however late this was scheduled
	case d.places <- struct{}{}:
		return func() { <-d.places }, nil
	default:
	}
	timer := time.NewTimer(storeTime)
	defer timer.Stop()
	select {
	case d.places <- struct{}{}:
		return func() { <-d.places }, nil
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, ErrBusy
}

func (d *door) refuse(err error, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.refusals++
	d.lastRefuse = now
	d.refused.add(network.Sentence(err), d.refusals)
}

func (d *door) taken(stored bool, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = now
	if stored {
		d.accepted++
	} else {
		d.duplicates++
	}
}

func (s *Sources) wakeReader(key sourceKey) {
	select {
	case s.doorOf(key).news <- struct{}{}:
	default:
	}
}

// Deliveries is how a source does to which a network sends. What is counted is
// counted since the program started.
type Deliveries struct {
	Path         string    // below Callbacks, with the token; for who may change sources
	Address      string    // the whole address, as far as it is known; likewise
	Example      string    // how one is sent by hand; likewise
	Last         time.Time // when the last was taken, ever
	Accepted     int64
	Duplicates   int64
	Refused      []Reason
	LastRefused  time.Time
	Waiting      int64 // stored and not read yet
	WaitingBytes int64
}

// deliveriesOf is how the deliveries of a source do; nil for a network that
// sends nothing.
func (s *Sources) deliveriesOf(ctx context.Context, by access.Actor, id hearth.SourceID) (*Deliveries, error) {
	key := sourceKey{by.Workspace, id}
	src, err := s.sourceOf(ctx, by.Workspace, id) // as it is stored
	if err != nil {
		return nil, err
	}
	n := s.networks[src.Network]
	if n == nil || n.Webhook == nil {
		return nil, nil
	}
	place, err := s.deliveryPlace(ctx, key)
	if err != nil {
		return nil, err
	}
	all := &Deliveries{Last: db.FromMicros(place.received), Waiting: place.waiting, WaitingBytes: place.waitingBytes}
	d := s.doorOf(key)
	d.mu.Lock()
	all.Accepted, all.Duplicates, all.Refused, all.LastRefused = d.accepted, d.duplicates, d.refused.list(), d.lastRefuse
	if d.last.After(all.Last) {
		all.Last = d.last
	}
	d.mu.Unlock()
	if by.Check(access.WriteSources) != nil {
		return all, nil // the path is a secret
	}
	token, err := s.pathOf(ctx, key)
	if err != nil || token == "" {
		return all, err
	}
	all.Path = InPath + token
	base := s.o.Callbacks()
	all.Address = all.Path
	if base.Public != "" {
		all.Address = strings.TrimSuffix(base.Public, "/") + all.Path
	} else if base.Local != "" {
		all.Address = strings.TrimSuffix(base.Local, "/") + all.Path
	}
	if n.Webhook.Example != nil {
		session, err := s.doorSession(ctx, key, src, n)
		if err == nil {
			all.Example = n.Webhook.Example(session, all.Address)
		}
	}
	return all, nil
}
