// Package fake is a mail server with one mailbox, speaking IMAP on loopback,
// and with faults.
package fake

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"hearth"
)

// What the server's only user logs in with.
const (
	User     = "support@acme.example"
	Password = "correct horse battery"
	inbox    = "INBOX"
)

// Options of a server.
type Options struct {
	Security string // tls, starttls or none
	NoIdle   bool
	Clock    hearth.Clock
}

// Server is the mail server.
type Server struct {
	o        Options
	listener net.Listener
	server   *imapserver.Server
	roots    *x509.CertPool

	mu       sync.Mutex
	user     *imapmemserver.User
	messages []stored
	next     int
	password string
	plans    []plan // of the connections to come
	waiting  []insert
	conns    map[*conn]bool
	logins   int
}

// stored is a message that was put into the mailbox.
type stored struct {
	id  string
	uid imap.UID
	raw string
}

// insert is something that gets between the next messages.
type insert struct {
	what  Fault
	after int
}

// New starts a server on a free port of loopback; Close ends it.
func New(o Options) (*Server, error) {
	f := &Server{o: o, password: Password, conns: map[*conn]bool{}}
	memory := imapmemserver.New()
	f.user = imapmemserver.NewUser(User, Password)
	memory.AddUser(f.user)
	if err := f.user.Create(inbox, nil); err != nil {
		return nil, err
	}
	config, err := f.certificate()
	if err != nil {
		return nil, err
	}
	options := &imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &session{Session: memory.NewSession(), f: f}, nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, InsecureAuth: o.Security == "none", Logger: log.New(io.Discard, "", 0),
	}
	if !o.NoIdle {
		options.Caps[imap.CapIdle] = struct{}{}
	}
	if o.Security == "starttls" {
		options.TLSConfig = config
	}
	if f.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	f.server = imapserver.New(options)
	var l net.Listener = &listener{f.listener, f}
	if o.Security == "tls" {
		l = tls.NewListener(l, config)
	}
	go f.server.Serve(l)
	return f, nil
}

// certificate makes one for 127.0.0.1 that only Roots vouch for.
func (f *Server) certificate() (*tls.Config, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	now := f.o.Clock()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.acme.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	f.roots = x509.NewCertPool()
	f.roots.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}, nil
}

// Roots vouch for the server's certificate.
func (f *Server) Roots() *x509.CertPool { return f.roots }

// Address is where the server listens.
func (f *Server) Address() string { return f.listener.Addr().String() }

// Close ends the server.
func (f *Server) Close() { f.server.Close() }

// Publish puts n new messages into the mailbox and gives their ids.
func (f *Server) Publish(n int) (ids []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range n {
		f.insertAt(i, n)
		id, raw := f.compose()
		if f.due(Reorder, i) && i+1 < n {
			later, text := f.compose()
			f.append(later, text)
			ids = append(ids, id, later)
			f.append(id, raw)
			continue
		}
		if len(ids) < n {
			f.append(id, raw)
			ids = append(ids, id)
		}
	}
	return ids[:min(len(ids), n)]
}

// compose writes a message.
func (f *Server) compose() (id, raw string) {
	f.next++
	id = fmt.Sprintf("letter-%d@people.example", f.next)
	now := f.o.Clock().Format(time.RFC1123Z)
	return id, fmt.Sprintf("Return-Path: <bo@people.example>\r\nFrom: Bo Nieminen <bo@people.example>\r\nTo: %s\r\nSubject: The kettle, number %d\r\nDate: %s\r\nMessage-ID: <%s>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIt broke again. Is there a new one?\r\n\r\n-- \r\nBo\r\n",
		User, f.next, now, id)
}

// Append puts a message into the mailbox as it is.
func (f *Server) Append(id, raw string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.append(id, raw)
}

func (f *Server) append(id, raw string) {
	data, err := f.user.Append(inbox, literal{strings.NewReader(raw), int64(len(raw))}, &imap.AppendOptions{Time: f.o.Clock()})
	if err != nil {
		panic(err) // the mailbox is there
	}
	f.messages = append(f.messages, stored{id, data.UID, raw})
}

// literal is a text with its length.
type literal struct {
	io.Reader
	size int64
}

func (l literal) Size() int64 { return l.size }

// Delete removes a message from the mailbox.
func (f *Server) Delete(id string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.messages {
		if m.id == id {
			f.expunge(m.uid)
		}
	}
}

// expunge removes a message through the server's own face.
func (f *Server) expunge(uid imap.UID) {
	s := imapmemserver.NewUserSession(f.user)
	if _, err := s.Select(inbox, &imap.SelectOptions{}); err != nil {
		panic(err)
	}
	defer s.Close()
	set := imap.UIDSetNum(uid)
	store := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := s.Store(&imapserver.FetchWriter{}, set, store, &imap.StoreOptions{}); err != nil {
		panic(err)
	}
	if err := s.Expunge(&imapserver.ExpungeWriter{}, &set); err != nil {
		panic(err)
	}
}

// Forget makes the mailbox anew, with the newest n messages: all numbers change.
func (f *Server) Forget(n int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := f.messages[max(0, len(f.messages)-n):]
	f.messages = nil
	if err := f.user.Delete(inbox); err != nil {
		panic(err)
	}
	if err := f.user.Create(inbox, nil); err != nil {
		panic(err)
	}
	for _, m := range kept {
		f.append(m.id, m.raw)
	}
	f.hangUp()
	return true
}

// hangUp ends all connections.
func (f *Server) hangUp() {
	for c := range f.conns {
		c.Conn.Close()
	}
}

// Logins is how often somebody logged in.
func (f *Server) Logins() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.logins
}

// Unread is how many messages are not marked as read.
func (f *Server) Unread() int {
	status, err := f.user.Status(inbox, &imap.StatusOptions{NumUnseen: true})
	if err != nil {
		panic(err)
	}
	return int(*status.NumUnseen)
}

// session is a connection's talk with the mailbox.
type session struct {
	imapserver.Session
	f *Server
}

// Login lets in who has the password, unless a fault is planned.
func (s *session) Login(user, password string) error {
	s.f.mu.Lock()
	right, limited := s.f.password, s.f.due(Limited, 0)
	s.f.logins++
	s.f.mu.Unlock()
	if limited {
		return &imap.Error{Type: imap.StatusResponseTypeNo, Code: imap.ResponseCodeLimit, Text: "Too many connections"}
	}
	if password != right {
		return imapserver.ErrAuthFailed
	}
	return s.Session.Login(user, password)
}
