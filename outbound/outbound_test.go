package outbound_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"hearth"
	"hearth/outbound"
)

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	t.Parallel()
	public := []string{
		"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "52.0.0.1", "99.255.255.255", "100.63.255.255", "100.128.0.0", "126.255.255.255",
		"128.0.0.1", "168.63.129.15", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0",
		"192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.114.0", "223.255.255.255",
		"2001:4860:4860::8888", "2606:4700::1111", "2003::1", "2a00:1450::1", "2400::1",
	}
	notPublic := []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.255.255.255",
		"168.63.129.16", "169.254.0.0", "169.254.169.254", "169.254.170.2", "172.16.0.0", "172.31.255.255", "192.0.0.0", "192.0.0.192",
		"192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "192.175.48.1", "198.18.0.1",
		"198.19.255.255", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
		"::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::8.8.8.8", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1",
		"2001::1", "2001:10::1", "2001:20::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2620:4f:8000::1", "3fff::1",
		"4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "fe80::1%eth0", "febf::1", "fec0::1", "ff02::1", "2001:4860:4860::8888%eth0",
	}
	for _, s := range public {
		if !outbound.Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is not taken as public", s)
		}
	}
	for _, s := range notPublic {
		if outbound.Public(netip.MustParseAddr(s)) {
			t.Errorf("%s is taken as public", s)
		}
	}
}

func TestNoNameOrNotationLeadsInside(t *testing.T) {
	t.Parallel()
	canary, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer canary.Close()
	port := canary.Addr().(*net.TCPAddr).Port
	o := outbound.New(outbound.Config{})
	defer o.CloseIdle()
	for _, host := range []string{"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "[::]", "127.1", "2130706433", "0x7f000001", "0177.0.0.1"} {
		_, err := o.Client(outbound.Web).Get(fmt.Sprintf("http://%s:%d/", host, port))
		if err == nil {
			t.Errorf("%s was reached", host)
		}
		_, err = o.DialContext(t.Context(), outbound.Mail, "tcp", net.JoinHostPort(strings.Trim(host, "[]"), fmt.Sprint(port)))
		if err == nil {
			t.Errorf("%s was dialled", host)
		}
	}
	if _, err := o.Client(outbound.Web).Get(fmt.Sprintf("http://127.0.0.1:%d/", port)); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("the refusal is %v", err)
	}
	if _, _, err := websocket.Dial(t.Context(), fmt.Sprintf("ws://127.0.0.1:%d/", port), &websocket.DialOptions{HTTPClient: o.Client(outbound.Stream)}); err == nil {
		t.Error("a web socket was opened")
	}
	// Connections are accepted in order: ours must be the first.
	ours, err := net.Dial("tcp", canary.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	first, err := canary.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	if first.RemoteAddr().String() != ours.LocalAddr().String() {
		t.Error("somebody knocked")
	}
}

func TestPortsFollowThePurpose(t *testing.T) {
	t.Parallel()
	o := outbound.New(outbound.Config{})
	// 192.0.2.0/24 would not answer; the judgement comes first, so a cancelled
	// context tells refusal from an attempt.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		purpose outbound.Purpose
		address string
	}{{outbound.Web, "8.8.8.8:22"}, {outbound.Web, "8.8.8.8:8080"}, {outbound.Web, "8.8.8.8:25"}, {outbound.Stream, "8.8.8.8:6379"}, {outbound.Mail, "8.8.8.8:25"}, {outbound.Mail, "8.8.8.8:443"}} {
		conn, err := o.DialContext(context.Background(), c.purpose, "tcp", c.address)
		if err == nil {
			conn.Close()
		}
		if hearth.ErrorCode(err) != hearth.Denied {
			t.Errorf("%s for %s: %v", c.address, c.purpose, err)
		}
	}
	if _, err := o.DialContext(ctx, outbound.Web, "udp", "8.8.8.8:443"); err == nil {
		t.Error("udp was dialled")
	}
}

// allowed is a way out that may reach a test server, and only that.
func allowed(t *testing.T, servers ...*httptest.Server) *outbound.Outbound {
	t.Helper()
	var c outbound.Config
	for _, s := range servers {
		e, err := outbound.ParseException(s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		c.Allow = append(c.Allow, e)
	}
	o := outbound.New(c)
	t.Cleanup(o.CloseIdle)
	return o
}

func TestAnExceptionOpensOneTargetOnly(t *testing.T) {
	t.Parallel()
	answer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.UserAgent()) })
	open, closed := httptest.NewServer(answer), httptest.NewServer(answer)
	defer open.Close()
	defer closed.Close()
	o := allowed(t, open)
	r, err := o.Client(outbound.Web).Get(open.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := outbound.ReadAll(r.Body, 100); err != nil || string(body) != "Hearth" {
		t.Errorf("%q, %v", body, err)
	}
	if _, err := o.Client(outbound.Web).Get(closed.URL); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("another port: %v", err)
	}
}

func TestExceptionsAreReadStrictly(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"10.1.0.0/16:8080": "10.1.0.0/16 8080", "[fd00::]/8:443": "fd00::/8 443", "127.0.0.1:*": "127.0.0.1/32 0", "[::1]:9": "::1/128 9",
	} {
		e, err := outbound.ParseException(in)
		if got := fmt.Sprint(e.Prefix, " ", e.Port); err != nil || got != want {
			t.Errorf("%s is read as %s, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "10.0.0.0/8", "10.0.0.0/33:80", "localhost:80", "10.0.0.1:0", "10.0.0.1:65536", "::1:80", "fd00::/8:443", "10.0.0.1:", "fe80::1%eth0:80", "[fe80::1%eth0]:80"} {
		if e, err := outbound.ParseException(in); err == nil {
			t.Errorf("%q is read as %v", in, e)
		}
	}
}

func TestRedirectsAreFollowedThreeTimesAndJudged(t *testing.T) {
	t.Parallel()
	inside := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("a redirect led inside") }))
	defer inside.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/inside":
			http.Redirect(w, r, inside.URL, http.StatusFound)
		case "/file":
			http.Redirect(w, r, "file:///etc/passwd", http.StatusFound)
		case "/gopher":
			http.Redirect(w, r, "gopher://8.8.8.8/", http.StatusFound)
		case "/user":
			http.Redirect(w, r, "http://u:p@"+r.Host+"/0", http.StatusFound)
		case "/0":
			io.WriteString(w, "there")
		default:
			var n int
			fmt.Sscanf(r.URL.Path, "/%d", &n)
			http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusFound)
		}
	}))
	defer s.Close()
	client := allowed(t, s).Client(outbound.Web)
	if r, err := client.Get(s.URL + "/3"); err != nil || r.StatusCode != http.StatusOK {
		t.Errorf("three redirects: %v", err)
	} else {
		r.Body.Close()
	}
	for _, path := range []string{"/4", "/inside", "/file", "/gopher", "/user"} {
		if r, err := client.Get(s.URL + path); err == nil {
			r.Body.Close()
			t.Errorf("%s was followed", path)
		}
	}
}

func TestWhatIdentifiesUsStaysWithItsOrigin(t *testing.T) {
	t.Parallel()
	var seen []http.Header
	var bodies []string
	record := func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Clone())
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(b))
	}
	other := httptest.NewServer(http.HandlerFunc(record))
	defer other.Close()
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
		case "/home":
			http.Redirect(w, r, "/end", http.StatusFound)
		default:
			record(w, r)
		}
	}))
	defer home.Close()
	client := allowed(t, home, other).Client(outbound.Web)
	send := func(method, path string) error {
		r, err := http.NewRequestWithContext(t.Context(), method, home.URL+path, strings.NewReader("client_secret=s"))
		if err != nil {
			t.Fatal(err)
		}
		if method == http.MethodGet {
			r.Body, r.ContentLength = nil, 0
		}
		for _, name := range []string{"Authorization", "Cookie", "X-Api-Key", "Dpop", "Accept"} {
			r.Header.Set(name, "mine")
		}
		answer, err := client.Do(r)
		if err == nil {
			answer.Body.Close()
		}
		return err
	}
	if err := send(http.MethodGet, "/home"); err != nil || len(seen) != 1 || seen[0].Get("Authorization") != "mine" || seen[0].Get("X-Api-Key") != "mine" || seen[0].Get("Referer") != "" {
		t.Errorf("at home: %v, %v", seen, err)
	}
	seen = nil
	if err := send(http.MethodGet, "/away"); err != nil || len(seen) != 1 {
		t.Fatalf("away: %v, %v", seen, err)
	}
	for _, name := range []string{"Authorization", "Cookie", "X-Api-Key", "Dpop", "Referer"} {
		if v := seen[0].Get(name); v != "" {
			t.Errorf("%s went to another origin: %q", name, v)
		}
	}
	if seen[0].Get("Accept") != "mine" {
		t.Error("a harmless header was lost")
	}
	bodies = nil
	if err := send(http.MethodPost, "/away"); hearth.ErrorCode(err) != hearth.Denied || len(bodies) > 0 {
		t.Errorf("a body went to another origin: %q, %v", bodies, err)
	}
}

func TestProxiesOfTheEnvironmentAreIgnored(t *testing.T) {
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") }))
	defer proxy.Close()
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	t.Setenv("ALL_PROXY", proxy.URL)
	inside := httptest.NewServer(nil)
	defer inside.Close()
	if _, err := outbound.New(outbound.Config{}).Client(outbound.Web).Get(inside.URL); hearth.ErrorCode(err) != hearth.Denied {
		t.Errorf("the guard did not refuse: %v", err)
	}
}

func TestALongBodyIsAnErrorAndNotCutShort(t *testing.T) {
	t.Parallel()
	if b, err := outbound.ReadAll(strings.NewReader("12345"), 5); err != nil || string(b) != "12345" {
		t.Errorf("%q, %v", b, err)
	}
	if b, err := outbound.ReadAll(strings.NewReader("123456"), 5); err == nil {
		t.Errorf("%q was read", b)
	}
}

func TestAWebSocketGoesThroughTheGate(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err == nil {
			ws.Write(r.Context(), websocket.MessageText, []byte("hello"))
			ws.Close(websocket.StatusNormalClosure, "")
		}
	}))
	defer s.Close()
	ws, _, err := websocket.Dial(t.Context(), s.URL, &websocket.DialOptions{HTTPClient: allowed(t, s).Client(outbound.Stream)})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow()
	if _, b, err := ws.Read(t.Context()); err != nil || string(b) != "hello" {
		t.Errorf("%q, %v", b, err)
	}
}
