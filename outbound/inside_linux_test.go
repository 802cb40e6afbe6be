package outbound_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sys/unix"

	"hearth"
	"hearth/outbound"
)

// inside is set in the child that has a network of its own.
const inside = "HEARTH_TEST_INSIDE"

// proves OU1, OU2, OU3, F35, F36, I35: in a network in which every address
// answers, nothing but public ones is ever dialled.
func TestNothingButThePublicInternetIsDialled(t *testing.T) {
	t.Parallel()
	if os.Getenv(inside) != "" {
		t.Skip("this is the child; it has tests of its own")
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, program, "-test.run=^TestInsideANetworkOfItsOwn$", "-test.v")
	child.Env = append(os.Environ(), inside+"=1")
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	out, err := child.CombinedOutput()
	var refused *exec.ExitError
	if err != nil && !errors.As(err, &refused) {
		if os.Getenv("CI") != "" {
			t.Fatalf("network namespaces are not permitted here: %v", err)
		}
		t.Skipf("network namespaces are not permitted here (%v): what is dialled was NOT tested", err)
	}
	if err != nil || !strings.Contains(string(out), "--- PASS: TestInsideANetworkOfItsOwn ") {
		t.Errorf("%v\n%s", err, out)
	}
}

// answering is a network in which every address of both families is this
// machine, with something listening at the ports that matter.
type answering struct {
	listeners []net.Listener

	mu   sync.Mutex
	seen []netip.AddrPort // where connections arrived, but for those of settle
}

// marks are the source addresses of the connections that arrived makes.
var marks = map[string]string{"tcp4": "127.9.9.9", "tcp6": "fd09::9"}

func newAnswering(t *testing.T) *answering {
	t.Helper()
	everythingIsHere(t)
	a := &answering{}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
			return
		}
		io.WriteString(w, "here")
	})}
	for _, port := range []int{22, 25, 80, 443, 465, 587, 993, 2375, 5432, 6379, 8080, 9200} {
		for network, host := range map[string]string{"tcp4": "0.0.0.0", "tcp6": "[::]"} {
			l, err := net.Listen(network, fmt.Sprintf("%s:%d", host, port))
			if err != nil {
				t.Fatal(err)
			}
			a.listeners = append(a.listeners, l)
			go server.Serve(&noting{l, a})
		}
	}
	t.Cleanup(func() { server.Close() })
	return a
}

// noting notes each connection before it is served.
type noting struct {
	net.Listener
	a *answering
}

func (n *noting) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if from := c.RemoteAddr().(*net.TCPAddr).IP.String(); from != marks["tcp4"] && from != marks["tcp6"] {
		at := c.LocalAddr().(*net.TCPAddr).AddrPort()
		n.a.mu.Lock()
		n.a.seen = append(n.a.seen, netip.AddrPortFrom(at.Addr().Unmap(), at.Port()))
		n.a.mu.Unlock()
	}
	return c, nil
}

// arrived is where connections arrived since the last time. Connections are
// accepted in order, so once one of ours is served, all earlier ones are noted.
func (a *answering) arrived(t *testing.T) []netip.AddrPort {
	t.Helper()
	for _, l := range a.listeners {
		network, host := "tcp4", "127.0.0.1"
		if strings.HasPrefix(l.Addr().String(), "[") {
			network, host = "tcp6", "::1"
		}
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(marks[network])}, Control: func(_, _ string, c syscall.RawConn) (err error) {
			c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_IP, unix.IP_FREEBIND, 1) })
			return err
		}}
		c, err := d.Dial(network, net.JoinHostPort(host, fmt.Sprint(l.Addr().(*net.TCPAddr).Port)))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, "GET / HTTP/1.0\r\n\r\n")
		io.Copy(io.Discard, c)
		c.Close()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	seen := a.seen
	a.seen = nil
	return seen
}

// everythingIsHere brings the loopback up and routes every address to it.
func everythingIsHere(t *testing.T) {
	t.Helper()
	s, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(s)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		t.Fatal(err)
	}
	lo.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	if err := unix.IoctlIfreq(s, unix.SIOCSIFFLAGS, lo); err != nil {
		t.Fatal("bringing lo up: ", err)
	}
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		if err := routeAll(family); err != nil {
			t.Fatal("routing everything to lo: ", err)
		}
	}
}

// routeAll adds a route of type local for the whole family by rtnetlink(7).
func routeAll(family byte) error {
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(s)
	n := binary.NativeEndian
	b := make([]byte, 16, 64)
	n.PutUint16(b[4:], unix.RTM_NEWROUTE)
	n.PutUint16(b[6:], unix.NLM_F_REQUEST|unix.NLM_F_CREATE|unix.NLM_F_ACK)
	b = append(b, family, 0, 0, 0, unix.RT_TABLE_LOCAL, unix.RTPROT_BOOT, unix.RT_SCOPE_HOST, unix.RTN_LOCAL, 0, 0, 0, 0)
	b = n.AppendUint16(n.AppendUint16(b, 8), unix.RTA_OIF)
	b = n.AppendUint32(b, 1) // lo is the first interface of a namespace
	n.PutUint32(b, uint32(len(b)))
	if err := unix.Sendto(s, b, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	size, _, err := unix.Recvfrom(s, answer, 0)
	if err != nil {
		return err
	}
	if size < 20 || n.Uint16(answer[4:]) != unix.NLMSG_ERROR {
		return errors.New("the kernel's answer is not understood")
	}
	if code := int32(n.Uint32(answer[16:])); code != 0 {
		return syscall.Errno(-code)
	}
	return nil
}

// forbidden is addresses of every block that is not public: its ends and its
// middle, and ways to write an IPv4 address in IPv6.
func forbidden() (list []netip.Addr) {
	blocks := []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24",
		"192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
		"::/128", "::1/128", "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:2::/48", "2001:10::/28", "2001:20::/28", "2001:db8::/32",
		"2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16", "fc00::/7", "fd00:ec2::254/128", "fe80::/10", "fec0::/10", "ff00::/8",
	}
	for _, s := range blocks {
		p := netip.MustParsePrefix(s)
		first := p.Masked().Addr()
		last, middle := first.AsSlice(), first.AsSlice()
		for bit := p.Bits(); bit < len(last)*8; bit++ {
			last[bit/8] |= 0x80 >> (bit % 8)
			if bit > p.Bits() {
				middle[bit/8] |= 0x80 >> (bit % 8)
			}
		}
		for _, b := range [][]byte{first.AsSlice(), middle, last} {
			if a, _ := netip.AddrFromSlice(b); !slices.Contains(list, a) {
				list = append(list, a)
			}
		}
	}
	for _, s := range []string{
		"127.0.0.1", "169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192", "10.0.0.1", "172.17.0.1", "192.168.1.1",
		"::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "2002:a9fe:a9fe::",
	} {
		if a := netip.MustParseAddr(s); !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

func TestInsideANetworkOfItsOwn(t *testing.T) {
	if os.Getenv(inside) == "" {
		t.Skip("run by TestNothingButThePublicInternetIsDialled")
	}
	world := newAnswering(t)
	dns := newNames(t)
	o := outbound.New(outbound.Config{Resolver: dns.resolver(), Random: func() float64 { return 0 }})
	const v4, v6 = "93.184.216.34", "2606:2800:220:1::1"
	dns.is("public.example", v4)
	dns.is("six.example", v6)

	// The control: here, what is dialled does arrive.
	for _, at := range []string{"http://" + v4 + "/", "http://[" + v6 + "]/", "http://public.example/", "http://six.example/", "http://public.example/?to=" + url.QueryEscape("http://six.example/")} {
		if got := get(t.Context(), o.Client(outbound.Web), at); got != "200" {
			t.Fatalf("%s: %s; the network does not answer as it should", at, got)
		}
	}
	if seen := world.arrived(t); len(seen) < 2 || seen[0].Addr().String() != v4 && seen[0].Addr().String() != v6 {
		t.Fatalf("the canaries do not sing: %v", seen)
	}
	o.CloseIdle()

	vectors := 0
	try := func(what, at string) {
		t.Helper()
		vectors++
		for _, p := range []outbound.Purpose{outbound.Web, outbound.Stream} {
			client := outbound.New(outbound.Config{Resolver: dns.resolver()}).Client(p) // no breaker from the vectors before
			if got := get(t.Context(), client, at); got == "200" || !strings.Contains(got, "does not connect") && !strings.Contains(got, "no such host") {
				t.Errorf("%s: %s: %s", what, at, got)
			}
			client.CloseIdleConnections()
		}
		if ws, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(at, "http"), &websocket.DialOptions{HTTPClient: o.Client(outbound.Stream)}); err == nil {
			ws.CloseNow()
			t.Errorf("%s: a web socket was opened to %s", what, at)
		}
	}
	for i, a := range forbidden() {
		literal := a.String()
		if a.Is6() {
			literal = "[" + literal + "]"
		}
		try("an address", "http://"+literal+"/")
		if outbound.Public(a.Unmap()) {
			continue // as an answer of DNS it is that public address
		}
		name, alias := fmt.Sprintf("n%d.example", i), fmt.Sprintf("c%d.example", i)
		dns.is(name, a.String())
		dns.says(alias, func(int) record { return record{cname: "also-" + alias} })
		dns.says("also-"+alias, func(int) record { return record{cname: name} })
		try("a name", "http://"+name+"/")
		try("an alias of an alias", "http://"+alias+"/")
		if conn, err := o.DialContext(t.Context(), outbound.Mail, "tcp", net.JoinHostPort(name, "993")); err == nil {
			conn.Close()
			t.Errorf("mail: %s was dialled", name)
		}
	}
	for _, host := range []string{"localhost", "LOCALHOST.", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "[::ffff:7f00:1]", "[0:0:0:0:0:0:0:1]", "[::1%25lo]", "[fe80::1%25lo]", "①②⑦.⓪.⓪.①"} {
		try("a notation", "http://"+host+"/")
	}
	for _, port := range []int{22, 25, 465, 993, 2375, 5432, 6379, 8080, 9200} {
		try("a port", fmt.Sprintf("http://%s:%d/", v4, port))
	}
	for _, port := range []string{"22", "25", "80", "443", "6379"} {
		if conn, err := o.DialContext(t.Context(), outbound.Mail, "tcp", net.JoinHostPort(v4, port)); err == nil {
			conn.Close()
			t.Errorf("mail: port %s was dialled", port)
		}
	}
	if vectors < 200 {
		t.Errorf("only %d vectors", vectors)
	}
	if seen := world.arrived(t); len(seen) > 0 {
		t.Errorf("somebody knocked at %v", seen)
	}
	t.Logf("%d vectors", vectors)

	t.Run("redirects", func(t *testing.T) { redirectZoo(t, world, dns) })
	t.Run("rebinding", func(t *testing.T) { rebinding(t, world, dns) })
}

// redirectZoo proves F35.
func redirectZoo(t *testing.T, world *answering, dns *names) {
	var targets []string
	for i, a := range forbidden() {
		targets = append(targets, "http://"+net.JoinHostPort(a.String(), "80")+"/", fmt.Sprintf("//n%d.example/", i)) // those that try made
	}
	targets = append(targets, "file:///etc/passwd", "gopher://127.0.0.1:6379/_x", "ftp://public.example/", "HTTP://127.0.0.1/", "http://me:secret@public.example/", "http://public.example:6379/", "javascript:1", "http:///", "unix:///run/docker.sock")
	for _, to := range targets {
		o := outbound.New(outbound.Config{Resolver: dns.resolver(), Random: func() float64 { return 0 }})
		if got := get(t.Context(), o.Client(outbound.Web), "http://public.example/?to="+url.QueryEscape(to)); got == "200" {
			t.Errorf("a redirect to %s was followed", to)
		}
		o.CloseIdle()
	}
	for _, at := range world.arrived(t) {
		if at.String() != "93.184.216.34:80" {
			t.Errorf("a redirect led to %s", at)
		}
	}
}

// rebinding proves F36: names whose addresses change, of two families, of
// servers that lie or are silent.
func rebinding(t *testing.T, world *answering, dns *names) {
	const v4 = "93.184.216.34"
	fresh := func() *outbound.Outbound {
		return outbound.New(outbound.Config{Resolver: dns.resolver(), Random: func() float64 { return 0 }})
	}
	dns.says("rebind.example", func(asked int) record {
		if asked == 1 {
			return record{addresses: []string{v4}}
		}
		return record{addresses: []string{"169.254.169.254"}}
	})
	if got := get(t.Context(), fresh().Client(outbound.Web), "http://rebind.example/"); got != "200" || dns.lookups("rebind.example") != 1 {
		t.Errorf("the first time: %s, %d lookups", got, dns.lookups("rebind.example"))
	}
	for range 3 {
		if got := get(t.Context(), fresh().Client(outbound.Web), "http://rebind.example/"); !strings.Contains(got, "does not connect") {
			t.Errorf("the second time: %s", got)
		}
	}
	for name, addresses := range map[string][]string{
		"split.example":  {v4, "::1"},
		"split6.example": {v4, "fd00::1"},
		"many.example":   {"10.0.0.1", "127.0.0.1", v4, "169.254.169.254"},
		"mapped.example": {"::ffff:127.0.0.1", v4},
	} {
		dns.is(name, addresses...)
		if got := get(t.Context(), fresh().Client(outbound.Web), "http://"+name+"/"); got != "200" && !strings.Contains(got, "does not connect") {
			t.Errorf("%s: %s", name, got)
		}
	}
	dns.says("loop.example", func(int) record { return record{cname: "loop.example"} })
	dns.says("garbage.example", func(int) record { return record{garbage: true} })
	dns.mute("silent.example")
	var group sync.WaitGroup
	for _, name := range []string{"loop.example", "garbage.example", "silent.example", "none.example"} {
		group.Go(func() {
			begun := hearth.SystemClock()
			_, err := fresh().DialContext(t.Context(), outbound.Web, "tcp", name+":80")
			if err == nil || hearth.ErrorCode(err) == hearth.Denied {
				t.Errorf("%s: %v", name, err)
			}
			if took := hearth.SystemClock().Sub(begun); took > 20*time.Second { // five, on a machine that has nothing else to do
				t.Errorf("%s took %s", name, took)
			}
		})
	}
	group.Wait()
	for _, at := range world.arrived(t) {
		if at.String() != v4+":80" {
			t.Errorf("a connection came to %s", at)
		}
	}
}
