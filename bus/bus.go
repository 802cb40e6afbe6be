// Package bus carries wake-ups and live fragments inside the process, from
// whoever noticed something to whoever is looking at it now.
//
// Nothing on the bus is the only copy: what a subscriber misses, it reads again
// from the archive or the database. So Publish never blocks and never fails; a
// subscriber that is slow loses its oldest messages and is told how many.
// Every message belongs to a workspace and reaches that workspace alone.
package bus

import (
	"sync"

	"hearth"
)

// Topic is one kind of message. The zero value is ready; it is safe for
// concurrent use and must not be copied.
type Topic[T any] struct {
	mu   sync.Mutex
	subs map[hearth.WorkspaceID][]*Subscription[T]
}

// Publish hands the message to every subscriber of the workspace. It never
// blocks: a full subscriber drops its oldest message.
func (t *Topic[T]) Publish(workspace hearth.WorkspaceID, message T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, s := range t.subs[workspace] {
		s.put(message)
	}
}

// Subscribe listens to what is published in the workspace from now on, until
// Close. At most buffer messages wait, 1 at least.
func (t *Topic[T]) Subscribe(workspace hearth.WorkspaceID, buffer int) *Subscription[T] {
	s := &Subscription[T]{topic: t, workspace: workspace, c: make(chan T, max(1, buffer))}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.subs == nil {
		t.subs = map[hearth.WorkspaceID][]*Subscription[T]{}
	}
	t.subs[workspace] = append(t.subs[workspace], s)
	return s
}

// Subscribers is how many listen in the workspace, so that nobody makes
// fragments for nobody.
func (t *Topic[T]) Subscribers(workspace hearth.WorkspaceID) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.subs[workspace])
}

// Subscription is one listener's place on a topic.
type Subscription[T any] struct {
	topic     *Topic[T]
	workspace hearth.WorkspaceID
	c         chan T
	dropped   int64 // guarded by topic.mu
}

// C delivers the messages, oldest first. It is closed by Close.
func (s *Subscription[T]) C() <-chan T { return s.c }

// Dropped is how many messages were lost because nobody took them in time.
// Whoever sees it grow reads the truth again from where it stands.
func (s *Subscription[T]) Dropped() int64 {
	s.topic.mu.Lock()
	defer s.topic.mu.Unlock()
	return s.dropped
}

// Close ends the subscription and closes C. Closing twice does no harm.
func (s *Subscription[T]) Close() {
	t := s.topic
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.subs[s.workspace]
	for i := range list {
		if list[i] != s {
			continue
		}
		list[i] = list[len(list)-1]
		list[len(list)-1] = nil
		if t.subs[s.workspace] = list[:len(list)-1]; len(list) == 1 {
			delete(t.subs, s.workspace)
		}
		close(s.c)
		return
	}
}

// put makes room by dropping from the front. The topic's lock keeps other
// publishers away, so after at most one drop there is room.
func (s *Subscription[T]) put(message T) {
	for {
		select {
		case s.c <- message:
			return
		default:
		}
		select {
		case <-s.c:
			s.dropped++
		default:
		}
	}
}
