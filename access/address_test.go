package access_test

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"os"
	"strconv"
	"testing"
	"time"

	"hearth"
	"hearth/access"
)

// forwarding are headers in which proxies, or whoever pretends to be one, say who
// asks.
var forwarding = []string{
	"X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "CF-Connecting-IPv6",
	"Fastly-Client-IP", "X-Original-Forwarded-For", "X-Originating-IP", "X-Remote-IP", "X-Remote-Addr", "Client-IP", "Via", "X-ProxyUser-Ip",
}

// proves ID4: nobody's word about an address counts but a proxy's that the
// operator named, and only in the one header.
func TestAddressesThatStrangersSendAreNotBelieved(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	peers := map[string]string{ // as the connection says, and as it is known
		"203.0.113.7:1": "203.0.113.7", "[::ffff:203.0.113.7]:1": "203.0.113.7", "[2001:db8::7]:1": "2001:db8::7", "[fe80::1%eth0]:1": "fe80::1",
		"127.0.0.1:1": "127.0.0.1", "[::1]:1": "::1", "192.168.0.1:1": "192.168.0.1", "[::ffff:11.0.0.1]:1": "11.0.0.1",
	}
	said := []string{"198.51.100.1", "127.0.0.1", "10.0.0.1", "::ffff:127.0.0.1", "for=198.51.100.1", "198.51.100.1, 10.0.0.1", "unknown", "", "198.51.100.1\t", "[::1]:80"}
	cells := 0
	for peer, known := range peers {
		for _, header := range forwarding {
			for _, value := range said {
				for _, trusted := range [][]netip.Prefix{nil, proxies} {
					r := httptest.NewRequest("GET", "/", nil)
					r.RemoteAddr = peer
					r.Header.Set(header, value)
					if got := access.ClientAddress(r, trusted); got.String() != known {
						t.Errorf("%s says %s: %q, and is taken for %s", peer, header, value, got)
					}
					cells++
				}
			}
		}
	}
	for _, peer := range []string{"10.1.2.3:1", "[::ffff:10.1.2.3]:1", "[fd00::5]:1"} {
		own := map[string]string{"10.1.2.3:1": "10.1.2.3", "[::ffff:10.1.2.3]:1": "10.1.2.3", "[fd00::5]:1": "fd00::5"}[peer]
		for _, header := range forwarding[1:] {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = peer
			r.Header.Set(header, "198.51.100.1")
			if got := access.ClientAddress(r, proxies); got.String() != own {
				t.Errorf("the proxy %s says %s, and it counts: %s", peer, header, got)
			}
			cells++
		}
		for value, want := range map[string]string{
			"198.51.100.1": "198.51.100.1", "127.0.0.1, 198.51.100.1": "198.51.100.1", "198.51.100.1, 10.9.9.9": "198.51.100.1", "::ffff:198.51.100.1": "198.51.100.1",
			"10.0.0.1, 10.0.0.2": "10.0.0.1", "nonsense": own, "198.51.100.1, nonsense": own, "": own, "2001:db8::9": "2001:db8::9",
		} {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = peer
			r.Header.Set("X-Forwarded-For", value)
			if got := access.ClientAddress(r, proxies); got.String() != want {
				t.Errorf("the proxy %s forwards %q: %s, want %s", peer, value, got, want)
			}
			cells++
		}
	}
	t.Logf("%d headers", cells)
}

// proves ID5: of any number of guesses within an hour few are looked at, whatever
// they guess at, and whoever was here before still comes in.
func TestOfTenThousandGuessesFewAreLookedAt(t *testing.T) {
	t.Parallel()
	guesses := 200
	if n, err := strconv.Atoi(os.Getenv("HEARTH_GUESSES")); err == nil {
		guesses = n // 10,000 in make torture
	}
	h := open(t)
	ann := h.owner()
	e, err := h.SignIn(t.Context(), home, "ann", password)
	if err != nil {
		t.Fatal(err)
	}
	known := access.Caller{Address: netip.MustParseAddr("198.18.0.1"), Device: e.Device}
	app, err := h.BeginAuthenticator(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	recovery, _, err := h.EnableAuthenticator(t.Context(), ann, app.Ticket, code(t, app.Secret, h.clock.Now()))
	if err != nil {
		t.Fatal(err)
	}
	looked := map[string]int{}
	count := func(what string, err error) {
		switch hearth.ErrorCode(err) {
		case hearth.Denied:
			looked[what]++
		case hearth.TooMany:
		default:
			t.Fatalf("%s: %v", what, err)
		}
	}
	for i := range guesses { // over half an hour, each from somewhere else
		stranger := from(fmt.Sprintf("2001:db8:%x:%x::1", i/60000, i%60000))
		stranger.Device = fmt.Sprintf("hd_%043d", i)
		_, err := h.SignIn(t.Context(), stranger, "ann", fmt.Sprint("a guess, number ", i))
		count("password", err)
		h.clock.advance(30 * time.Minute / time.Duration(guesses))
	}
	for i := range guesses { // all from one network, at names that are not there, links and questions
		near := from(fmt.Sprintf("2001:db8:ffff:ffff::%x", i+1))
		_, err := h.SignIn(t.Context(), near, fmt.Sprint("nobody-", i), "a guess at nobody")
		count("from one network", err)
		_, _, err = h.Invited(t.Context(), near, fmt.Sprintf("hi_%043d", i))
		count("links of one network", err)
	}
	for what, most := range map[string]int{"password": 20, "from one network": 2 * 30, "links of one network": 2 * 30} {
		if looked[what] == 0 || looked[what] > most {
			t.Errorf("%s: %d of %d guesses were looked at, want at most %d", what, looked[what], guesses, most)
		}
	}
	entry, err := h.SignIn(t.Context(), known, "ann", password)
	if err != nil || entry.Second == "" {
		t.Fatalf("the owner, from a browser that was here before: %+v, %v", entry, err)
	}
	tried := 0
	for i := range 50 {
		if _, err := h.SecondFactor(t.Context(), known, entry.Second, fmt.Sprintf("%06d", 900000+i)); field(err) == "code" {
			tried++
		}
	}
	if tried == 0 || tried > 5 {
		t.Errorf("%d codes were tried for one password", tried)
	}
	h.clock.advance(16 * time.Minute)
	if entry, err = h.SignIn(t.Context(), known, "ann", password); err != nil {
		t.Fatal(err)
	}
	if _, err := h.SecondFactor(t.Context(), known, entry.Second, recovery[0]); err != nil {
		t.Errorf("the owner, with a recovery code: %v", err)
	}
}
