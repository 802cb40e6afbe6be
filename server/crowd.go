package server

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"hearth"
)

// crowd bounds the connections of a listener without letting those who only
// hold one keep others out: where there are too many, the one that has done
// nothing for the longest time goes. Done means: a request of it is being
// answered; sending headers slowly is nothing.
type crowd struct {
	most int

	mu      sync.Mutex
	members map[net.Conn]*member
	idle    *list.List // of *member, the longest idle first
}

// restTime is how long the rest of a request may take to come that was answered
// without it.
const restTime = 5 * time.Second

// member is one connection.
type member struct {
	crowd *crowd
	conn  net.Conn
	place *list.Element // among the idle ones; nil while a request is answered
}

func newCrowd(most int) *crowd {
	return &crowd{most: most, members: map[net.Conn]*member{}, idle: list.New()}
}

// watch lets the crowd see a server's connections.
func (c *crowd) watch(s *http.Server) {
	s.ConnState, s.ConnContext = c.moved, c.come
	next := s.Handler
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if m, ok := r.Context().Value(memberKey{}).(*member); ok {
			m.busy()
			defer m.rest()
		}
		next.ServeHTTP(w, r)
		// Who was answered without being read to the end may end quickly, or not
		// at all. Deadlines of connections are in the machine's own time.
		http.NewResponseController(w).SetReadDeadline(hearth.SystemClock().Add(restTime))
	})
}

type memberKey struct{}

// come is http.Server.ConnContext.
func (c *crowd) come(ctx context.Context, conn net.Conn) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	m := &member{crowd: c, conn: conn}
	m.place = c.idle.PushBack(m)
	c.members[conn] = m
	if len(c.members) > c.most {
		// Busy ones are never closed: then it is the newcomer who goes.
		c.drop(c.idle.Front().Value.(*member))
	}
	return context.WithValue(ctx, memberKey{}, m)
}

// moved is http.Server.ConnState.
func (c *crowd) moved(conn net.Conn, state http.ConnState) {
	if state != http.StateClosed && state != http.StateHijacked {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if m := c.members[conn]; m != nil {
		c.forget(m)
	}
}

// drop closes a connection. The mutex is held.
func (c *crowd) drop(m *member) {
	c.forget(m)
	m.conn.Close()
}

func (c *crowd) forget(m *member) {
	delete(c.members, m.conn)
	if m.place != nil {
		c.idle.Remove(m.place)
		m.place = nil
	}
}

func (m *member) busy() {
	m.crowd.mu.Lock()
	defer m.crowd.mu.Unlock()
	if m.place != nil {
		m.crowd.idle.Remove(m.place)
		m.place = nil
	}
}

func (m *member) rest() {
	m.crowd.mu.Lock()
	defer m.crowd.mu.Unlock()
	if m.crowd.members[m.conn] == m && m.place == nil {
		m.place = m.crowd.idle.PushBack(m)
	}
}
