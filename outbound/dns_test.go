package outbound_test

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// names is a small DNS server: what it says of a name may change with each
// question.
type names struct {
	conn net.PacketConn

	mu     sync.Mutex
	zone   map[string]func(asked int) record
	asked  map[string]int
	silent map[string]bool
}

// record is what the server says of a name.
type record struct {
	addresses []string
	cname     string
	garbage   bool
}

func newNames(t *testing.T) *names {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &names{conn: conn, zone: map[string]func(int) record{}, asked: map[string]int{}, silent: map[string]bool{}}
	t.Cleanup(func() { conn.Close() })
	go n.serve()
	return n
}

// is lets a name have these addresses.
func (n *names) is(name string, addresses ...string) {
	n.says(name, func(int) record { return record{addresses: addresses} })
}

func (n *names) says(name string, say func(asked int) record) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.zone[name+"."] = say
}

// lookups is how often the addresses of a family were asked for.
func (n *names) lookups(name string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.asked[name+". A"]
}

func (n *names) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp", n.conn.LocalAddr().String())
	}}
}

func (n *names) serve() {
	buffer := make([]byte, 4096)
	for {
		size, from, err := n.conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		var question dnsmessage.Message
		if question.Unpack(buffer[:size]) != nil || len(question.Questions) != 1 {
			continue
		}
		if answer := n.answer(&question); answer != nil {
			n.conn.WriteTo(answer, from)
		}
	}
}

func (n *names) answer(m *dnsmessage.Message) []byte {
	q := m.Questions[0]
	name := strings.ToLower(q.Name.String())
	n.mu.Lock()
	defer n.mu.Unlock()
	kind := strings.TrimPrefix(q.Type.String(), "Type")
	n.asked[name+" "+kind]++
	if n.silent[name] {
		return nil
	}
	m.Header.Response, m.Header.Authoritative, m.Additionals = true, true, nil
	at := q.Name
	for range 10 {
		say := n.zone[strings.ToLower(at.String())]
		if say == nil {
			if at == q.Name {
				m.Header.RCode = dnsmessage.RCodeNameError
			}
			break
		}
		r := say(n.asked[name+" "+kind])
		if r.garbage {
			return []byte(strings.Repeat("\xff", 40))
		}
		if r.cname != "" {
			to := dnsmessage.MustNewName(r.cname + ".")
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: at, Class: dnsmessage.ClassINET}, Body: &dnsmessage.CNAMEResource{CNAME: to}})
			at = to
			continue
		}
		for _, a := range r.addresses {
			ip := netip.MustParseAddr(a)
			header := dnsmessage.ResourceHeader{Name: at, Class: dnsmessage.ClassINET} // TTL 0
			switch {
			case ip.Is4() && q.Type == dnsmessage.TypeA:
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}})
			case ip.Is6() && q.Type == dnsmessage.TypeAAAA:
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.WithZone("").As16()}})
			}
		}
		break
	}
	packed, err := m.Pack()
	must(err)
	return packed
}

// mute lets the server never answer for a name.
func (n *names) mute(name string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.silent[name+"."] = true
}
