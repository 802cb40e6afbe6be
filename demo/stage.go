package demo

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"hearth"
	"hearth/client"
	bluesky "hearth/network/bluesky/fake"
	discourse "hearth/network/discourse/fake"
	feed "hearth/network/feed/fake"
	hackernews "hearth/network/hackernews/fake"
	mastodon "hearth/network/mastodon/fake"
	reddit "hearth/network/reddit/fake"
	wordpress "hearth/network/wordpress/fake"
)

// Sites are the names of the networks that the world is on.
func Sites() []string {
	return []string{"bluesky", "mastodon", "feed", "hackernews", "reddit", "discourse", "wordpress"}
}

// Stage is the networks that the world is on, as Hearth sees them: fake hosts
// that speak the real wire.
type Stage struct {
	Bluesky *bluesky.Server

	mastodon   *mastodon.Server
	feed       *feed.Server
	hackernews *hackernews.Server
	reddit     *reddit.Server
	discourse  *discourse.Forum
	wordpress  *wordpress.Site
	addresses  map[string]string // by site, like http://127.0.0.1:8080
	ids        map[string]string // of a post of the world on its network, by site and id
}

// NewStage sets the hosts up, new ones for each run of the demo; addresses says where each of Sites is reached. The
// people are known to the AppView.
func NewStage(w *World, clock hearth.Clock, addresses map[string]string) *Stage {
	s := &Stage{
		Bluesky:  bluesky.New(bluesky.Options{Clock: clock, Keep: 200_000}),
		mastodon: mastodon.New(mastodon.Options{Address: addresses["mastodon"], Keep: 200_000}),
		feed:     feed.New(feed.Options{Format: feed.RSS, Address: addresses["feed"]}), hackernews: hackernews.New(clock().Unix()),
		reddit: reddit.New(reddit.Options{}), discourse: discourse.New(discourse.Options{}), wordpress: wordpress.New(addresses["wordpress"], wordpress.Options{}),
		addresses: addresses, ids: map[string]string{},
	}
	for i := range w.People {
		s.introduce(&w.People[i])
	}
	return s
}

func (s *Stage) introduce(p *Person) {
	if p.Network == "bluesky" {
		s.Bluesky.SetProfile(p.ID, bluesky.Profile{Handle: p.Handle, Name: p.Name, Followers: p.Followers})
	}
}

// Handler is a site's.
func (s *Stage) Handler(site string) http.Handler {
	switch site {
	case "bluesky":
		return s.Bluesky
	case "mastodon":
		return s.mastodon
	case "feed":
		return s.feed
	case "reddit":
		return s.reddit
	case "discourse":
		return s.discourse
	case "wordpress":
		return s.wordpress
	}
	return s.hackernews
}

// Source is how Hearth listens to a site.
func (s *Stage) Source(site string) client.SourceDraft {
	at := s.addresses[site]
	switch site {
	case "bluesky":
		return client.SourceDraft{Name: "Bluesky, invented", Network: site, Settings: map[string]string{
			"endpoint": "ws" + strings.TrimPrefix(at, "http"), "appview": at,
		}}
	case "mastodon":
		return client.SourceDraft{Name: "Mastodon, invented", Network: site, Settings: map[string]string{"server": at}}
	case "feed":
		return client.SourceDraft{Name: "The Roast Ledger", Network: site, Settings: map[string]string{"url": at + "/feed", "interval": "1m"}}
	case "reddit":
		return client.SourceDraft{Name: "Reddit, invented", Network: site, Settings: map[string]string{
			"client_id": "invented", "username": "invented", "subreddits": subreddit, "kinds": "posts", "interval": "10s",
			"server": at, "token_url": at + "/api/v1/access_token",
		}}
	case "discourse":
		return client.SourceDraft{Name: "Barista Board", Network: site, Settings: map[string]string{"server": at}}
	case "wordpress":
		return client.SourceDraft{Name: "Comments of The Roast Ledger", Network: site, Settings: map[string]string{"site": at}}
	}
	return client.SourceDraft{Name: "Hacker News, invented", Network: site, Settings: map[string]string{"server": at + "/v0", "interval": "10s"}}
}

// Listening says whether somebody listens to a site, so that what happens there
// now is heard. A feed is a page: what stands there is read whenever somebody
// comes.
func (s *Stage) Listening(site string) bool {
	switch site {
	case "bluesky":
		return s.Bluesky.Connections() > 0
	case "mastodon":
		_, streams := s.mastodon.Calls()
		return streams > 0
	}
	return true
}

// Standing says whether a site's past stands there when Hearth comes, or goes by
// while it listens.
func Standing(site string) bool { return site != "bluesky" && site != "mastodon" }

// Heard says whether listening alone brings a site's history. What Hacker News
// and Reddit had before somebody listened is only found by their own search.
func Heard(site string) bool { return site != "hackernews" && site != "reddit" }

// Settle lets the hosts that go by forget what everybody has heard, but for the
// latest: sixty days of it would be most of what the demo holds in memory.
func (s *Stage) Settle() {
	const latest = 1000
	s.Bluesky.Forget(latest)
	s.mastodon.Forget(latest)
	s.mastodon.ForgetTold(latest)
}

// Happen lets an event happen on its network.
func (s *Stage) Happen(e *Event) {
	name := e.Post.Network + " " + e.Post.ID
	p := e.Post
	if p.Network != "bluesky" {
		p.InReplyTo, p.Root = s.id(p.Network, p.InReplyTo), ""
		p.Quotes = ""
	}
	switch p.Network {
	case "bluesky":
		switch e.Kind {
		case Posted:
			s.Bluesky.Publish(&p)
		case Edited:
			s.Bluesky.Update(&p)
		case Deleted:
			s.Bluesky.Delete(p.ID)
		case Closed:
			s.Bluesky.SetAccount(p.Author.ID, "deleted")
		case Renamed:
			s.Bluesky.Rename(p.Author.ID, p.Author.Handle)
		}
	case "mastodon":
		switch e.Kind {
		case Posted:
			s.ids[name] = s.mastodon.Publish(&p)
		case Edited:
			s.mastodon.Update(s.ids[name], p.Text)
		case Deleted:
			s.mastodon.Delete(s.ids[name])
		}
	case "feed":
		s.feed.Publish(&p)
	case "reddit":
		s.reddit.Publish(subreddit, &p)
	case "discourse":
		s.discourse.Publish("coffee", &p)
	case "wordpress":
		s.wordpress.Publish(&p)
	case "hackernews":
		switch e.Kind {
		case Posted:
			s.ids[name] = s.hackernews.Publish(&p)
		case Edited:
			s.hackernews.Update(s.ids[name], p.Title, p.Text)
		case Deleted:
			s.hackernews.Delete(s.ids[name])
		}
	}
}

const subreddit = "coffeecorner"

// id is how a network calls a post of the world in an answer to it.
func (s *Stage) id(network, id string) string {
	own := s.ids[network+" "+id]
	return own[strings.LastIndexByte(own, '/')+1:]
}

// Pace is how long people let pass between two posts, on average.
const Pace = 900 * time.Millisecond

// Live lets the world go on at the pace of people until ctx ends.
func (w *World) Live(ctx context.Context, s *Stage, clock hearth.Clock) {
	pause := rand.New(rand.NewPCG(uint64(w.count), 1))
	for {
		wait := time.Duration(pause.ExpFloat64() * float64(Pace))
		select {
		case <-ctx.Done():
			return
		case <-time.After(min(wait, 4*Pace)):
		}
		e := w.Next(clock())
		s.Happen(&e)
	}
}
