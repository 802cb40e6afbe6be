package feed

import (
	"fmt"
	"net/http"
	"time"

	"hearth"
	"hearth/network"
)

// Quick is the network for tests that cannot wait a minute.
func Quick() network.Network { return build(time.Millisecond, 3*time.Second) }

// ReadFeed gives the posts and refusals of a document, as a look at it does.
func ReadFeed(body []byte, contentType, address string, now time.Time) (posts []network.Event, rejects []network.Reject, err error) {
	u, err := parseAddress(address)
	if err != nil {
		return nil, nil, err
	}
	text, err := toUTF8(body, contentType)
	if err != nil {
		return nil, nil, err
	}
	d, err := parse(text)
	if err != nil {
		return nil, nil, err
	}
	b := new(network.Batch)
	l := looker{s: &network.Session{Clock: func() time.Time { return now }}, origin: newOrigin(u)}
	l.compare(&d, b)
	return b.Events, b.Rejects, nil
}

// Show reads a document like ReadFeed, without refusing entries, and names what
// people would read of it as feedparser's tests do.
func Show(body []byte, contentType, address string) (map[string]string, error) {
	u, err := parseAddress(address)
	if err != nil {
		return nil, err
	}
	text, err := toUTF8(body, contentType)
	if err != nil {
		return nil, err
	}
	d, err := parse(text)
	if err != nil {
		return nil, err
	}
	o := newOrigin(u)
	shown := map[string]string{"feed['link']": o.resolve(d.link), "feed['language']": language(d.lang)}
	shown["feed['title']"], _ = network.PlainText(d.title)
	for i := range min(len(d.entries), 2) {
		e := &d.entries[i]
		p := o.post(&d, e, time.Now())
		for name, value := range map[string]string{
			"title": p.Title, "id": e.guid, "guid": e.guid, "link": p.URL, "author": e.author, "language": p.Lang, "description": p.Text, "summary": p.Text,
			"content'][0]['value": p.Text, "published_parsed": tuple(e.published), "updated_parsed": tuple(e.updated),
		} {
			shown[fmt.Sprintf("entries[%d]['%s']", i, name)] = value
		}
		for n, tag := range p.Hashtags {
			shown[fmt.Sprintf("entries[%d]['tags'][%d]['term']", i, n)] = tag
		}
	}
	return shown, nil
}

// tuple writes a time as Python's time.struct_time.
func tuple(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.UTC()
	return fmt.Sprintf("(%d, %d, %d, %d, %d, %d, %d, %d, 0)", t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), (int(t.Weekday())+6)%7, t.YearDay())
}

// sessionAt is a session with only a clock.
func sessionAt(now hearth.Clock) *network.Session { return &network.Session{Clock: now} }

// HubOf is the hub and topic that a document names.
func HubOf(text string) (address, topic string, err error) {
	d, err := parse(text)
	return d.hub.address, d.hub.topic, err
}

// HubIn is those that the headers name.
func HubIn(h http.Header) (address, topic string) {
	found := linkHeaders(h)
	return found.address, found.topic
}
