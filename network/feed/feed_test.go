package feed_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"hearth"
	"hearth/network"
	"hearth/network/faulty"
	"hearth/network/feed"
	"hearth/network/feed/fake"
	"hearth/network/networktest"
)

// site is the fake as the common suite drives it.
type site struct {
	*fake.Server
	faulty   *faulty.Handler
	address  string
	path     string
	settings map[string]string
	count    int
}

func startSite(t testing.TB, o fake.Options) *site {
	t.Helper()
	s := &site{path: "/feed"}
	s.faulty = &faulty.Handler{Next: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.Server.ServeHTTP(w, r) })}
	listener := httptest.NewServer(s.faulty)
	t.Cleanup(listener.Close)
	s.address = listener.URL
	o.Address = listener.URL
	s.Server = fake.New(o)
	s.settings = map[string]string{"interval": "10ms", "longest": "50ms"}
	return s
}

func (s *site) Settings() map[string]string {
	s.settings["url"] = s.address + s.path
	return s.settings
}

func (s *site) post() *hearth.Post {
	s.count++
	return &hearth.Post{
		Title: fmt.Sprintf("News %d from Brightbean", s.count), Text: fmt.Sprintf("Brightbean roasts coffee, part %d & more.", s.count),
		Author: hearth.Author{Name: "Ann Example"}, Links: []string{"https://other.example/kettle"}, Hashtags: []string{"coffee"},
	}
}

func (s *site) Publish(n int) (ids []string) {
	for range n {
		ids = append(ids, s.Server.Publish(s.post()))
	}
	return ids
}

func (s *site) Forget(n int) bool {
	s.Server.Forget(n)
	return true
}

func (s *site) Inject(f networktest.Fault, after int) bool {
	kind, ok := map[networktest.Fault]fake.FaultKind{
		networktest.Cut: fake.Cut, networktest.Garbage: fake.Garbage, networktest.Oversized: fake.Oversized, networktest.Unknown: fake.Unknown,
		networktest.Duplicate: fake.Duplicate, networktest.Reorder: fake.Reorder,
	}[f]
	size := 300_000
	if f == networktest.Cut {
		size = after * 97
	}
	if !ok {
		return networktest.InjectHTTP(s.faulty, f, after)
	}
	s.Server.Inject(fake.Fault{Kind: kind, Size: size})
	return true
}

func TestAtomBehavesAsEveryNetwork(t *testing.T) { behaves(t, fake.Options{Format: fake.Atom}) }

func TestRSSBehavesAsEveryNetwork(t *testing.T) {
	behaves(t, fake.Options{Format: fake.RSS, NoCondition: true})
}

func TestRDFBehavesAsEveryNetwork(t *testing.T) { behaves(t, fake.Options{Format: fake.RDF}) }

func behaves(t *testing.T, o fake.Options) {
	t.Parallel()
	networktest.Run(t, feed.Quick(), func(t *testing.T) networktest.Fake { return startSite(t, o) })
}

var _ network.Network = feed.Network()
