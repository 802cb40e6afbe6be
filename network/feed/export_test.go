package feed

import (
	"time"

	"hearth/network"
)

// Quick is the network for tests that cannot wait a minute.
func Quick() network.Network { return build(time.Millisecond) }

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

// Shown is what people would read of a document's title and first entry.
type Shown struct{ FeedTitle, Title, ID, Link, Text, Author string }

// Show reads a document like ReadFeed, without refusing entries.
func Show(body []byte, contentType, address string) (shown Shown, err error) {
	u, err := parseAddress(address)
	if err != nil {
		return shown, err
	}
	text, err := toUTF8(body, contentType)
	if err != nil {
		return shown, err
	}
	d, err := parse(text)
	if err != nil {
		return shown, err
	}
	shown.FeedTitle, _ = network.PlainText(d.title)
	if len(d.entries) > 0 {
		o, e := newOrigin(u), &d.entries[0]
		p := o.post(&d, e, time.Now())
		shown.Title, shown.ID, shown.Link, shown.Text, shown.Author = p.Title, e.guid, p.URL, p.Text, p.Author.Name
	}
	return shown, nil
}
