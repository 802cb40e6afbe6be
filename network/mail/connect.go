package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"sync/atomic"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"hearth"
	"hearth/network"
)

// mailbox is an open one.
type mailbox struct {
	*imapclient.Client
	conn     *metered
	selected *imap.SelectData
	idles    bool

	news     chan struct{} // the server said that something changed, at most one waits
	expunged atomic.Bool   // something was removed
}

// talk is how much a server may say in answer to a command that brings no
// message: a mailbox of a million numbers fits.
const talk = 16 << 20

// open connects, encrypts, logs in and opens the mailbox.
func (l *limits) open(ctx context.Context, s *network.Session) (m *mailbox, err error) {
	security := s.Settings["security"]
	at, err := parseServer(s.Settings["server"], security)
	if err != nil {
		return nil, err
	}
	if security == "none" && !local(at.host) {
		return nil, hearth.Errorf(hearth.Invalid, "Mail is read without encryption from this machine only; set security to tls or starttls for %s.", at.host)
	}
	if s.Dial == nil {
		return nil, hearth.Errorf(hearth.Invalid, "This Hearth cannot reach mail servers.")
	}
	raw, err := s.Dial(ctx, at.String())
	if err != nil {
		return nil, unreachable(at, err)
	}
	m = &mailbox{conn: &metered{Conn: raw}, news: make(chan struct{}, 1)}
	m.conn.allow(talk)
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	defer stop()
	if err := m.begin(ctx, l, at, security); err != nil {
		raw.Close()
		return nil, ended(ctx, at, err)
	}
	if err := m.enter(s); err != nil {
		m.Close()
		return nil, ended(ctx, at, err)
	}
	return m, nil
}

// begin encrypts and hears the greeting.
func (m *mailbox) begin(ctx context.Context, l *limits, at address, security string) error {
	options := &imapclient.Options{
		TLSConfig:             &tls.Config{ServerName: at.host, RootCAs: l.roots, MinVersion: tls.VersionTLS12, NextProtos: []string{"imap"}},
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Expunge: m.hearExpunge, Mailbox: m.hearNews},
	}
	var err error
	switch security {
	case "none":
		m.Client = imapclient.New(m.conn, options)
	case "starttls":
		if m.Client, err = imapclient.NewStartTLS(m.conn, options); err != nil {
			return hearth.Errorf(hearth.Unavailable, "The mail server %s does not encrypt the connection by STARTTLS (%v); nothing was sent to it. Try the security tls.", at, err)
		}
	default:
		encrypted := tls.Client(m.conn, options.TLSConfig)
		if err := encrypted.HandshakeContext(ctx); err != nil {
			return hearth.Errorf(hearth.Unavailable, "The mail server %s cannot be trusted or does not speak TLS (%v); nothing was sent to it.", at, err)
		}
		m.Client = imapclient.New(encrypted, options)
	}
	return m.WaitGreeting()
}

// enter logs in and opens the mailbox.
func (m *mailbox) enter(s *network.Session) (err error) {
	if m.Caps().Has(imap.CapLoginDisabled) {
		return hearth.Errorf(hearth.Denied, "The mail server takes no passwords on this connection. Try the security tls, or ask its provider for a password for apps.")
	}
	if m.State() == imap.ConnStateNotAuthenticated {
		if err := m.Login(s.Settings["user"], s.Settings["password"]).Wait(); err != nil {
			return refusal(err, hearth.Denied, "The mail server does not take the user and password (%s). Enter them again; many providers want a password made for the app.")
		}
	}
	caps := m.Caps()
	m.idles = caps.Has(imap.CapIdle) || caps.Has(imap.CapIMAP4rev2)
	m.selected, err = m.Select(s.Settings["mailbox"], &imap.SelectOptions{ReadOnly: s.Settings["mark_read"] != "yes"}).Wait()
	if err != nil {
		return refusal(err, hearth.Invalid, "The mail server does not open the folder (%s). Look how it is called there; INBOX is always there.")
	}
	if m.selected.UIDValidity == 0 {
		return hearth.Errorf(hearth.Unavailable, "The mail server does not number its messages so that they can be found again.")
	}
	return nil
}

// refusal is an answer NO or BAD in words for a person. One that passes by
// itself is to be tried again.
func refusal(err error, code hearth.Code, format string) error {
	var e *imap.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug:
		code = hearth.Unavailable
	}
	text := strings.TrimRight(strings.ToValidUTF8(e.Text, ""), ". ")
	return hearth.Errorf(code, format, text[:min(len(text), 200)])
}

// ended is what broke a connection, for a person.
func ended(ctx context.Context, at address, err error) error {
	var ours *hearth.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &ours):
		return err
	}
	return unreachable(at, err)
}

func unreachable(at address, err error) error {
	var ours *hearth.Error
	if errors.As(err, &ours) {
		return err
	}
	return hearth.Errorf(hearth.Unavailable, "The connection to the mail server %s broke off: %v.", at, err)
}

// local says whether a host is this machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (m *mailbox) hearExpunge(uint32) {
	m.expunged.Store(true)
	m.wake()
}

func (m *mailbox) hearNews(*imapclient.UnilateralDataMailbox) { m.wake() }

func (m *mailbox) wake() {
	select {
	case m.news <- struct{}{}:
	default:
	}
}

// metered is a connection that ends when the server says more than it may.
type metered struct {
	net.Conn
	left atomic.Int64
}

func (c *metered) allow(bytes int64) { c.left.Store(bytes) }

func (c *metered) Read(p []byte) (int, error) {
	if c.left.Load() <= 0 {
		c.Conn.Close()
		return 0, hearth.Errorf(hearth.Unavailable, "The mail server said more than was asked for.")
	}
	n, err := c.Conn.Read(p)
	c.left.Add(-int64(n))
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}
