package feed

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// A hub pushes what a feed publishes (WebSub, W3C Recommendation of 2018).
// Pushes are for speed: what they bring is given out at once, and the feed is
// asked as if there were none, so that a push that was lost costs only time.
const (
	leaseAsked  = 10 * 24 * time.Hour
	leaseLeast  = time.Minute
	leaseMost   = 60 * 24 * time.Hour
	askAgain    = time.Hour      // after an intent that the hub did not verify
	askDenied   = 24 * time.Hour // after one that it denied
	subscribing = 20 * time.Second
	maxPlace    = 400 // bytes of the address of a hub or topic
)

// hub is where a feed says that it pushes.
type hub struct{ address, topic string }

// subscription is what is known of a feed's subscription.
type subscription struct {
	hub
	callback string    // its digest
	asked    time.Time // when the hub was asked last
	until    time.Time // when the lease that it gave ends
}

const subscriptionKey = "websub"

func recallSubscription(c network.Cache) (sub subscription) {
	text, _ := c.Get(subscriptionKey)
	parts := strings.Split(text, " ")
	if len(parts) != 5 {
		return sub
	}
	asked, err1 := strconv.ParseInt(parts[3], 10, 64)
	until, err2 := strconv.ParseInt(parts[4], 10, 64)
	if err1 != nil || err2 != nil {
		return sub
	}
	return subscription{hub{parts[0], parts[1]}, parts[2], time.Unix(asked, 0), time.Unix(until, 0)}
}

func (sub *subscription) remember(c network.Cache) {
	c.Put(subscriptionKey, fmt.Sprintf("%s %s %s %d %d", sub.address, sub.topic, sub.callback, sub.asked.Unix(), sub.until.Unix()))
}

// subscribe asks the hub for pushes where that is due: the first time, before
// the lease ends, and after the hub, the topic or our address has changed. That
// it fails is no failure of the feed.
func (l *looker) subscribe(ctx context.Context, h hub) {
	s := l.s
	if s.Callback == "" || s.Settings["push"] == "off" || s.Settings["push_secret"] == "" || !h.usable() {
		return
	}
	now, sub := s.Clock(), recallSubscription(s.Cache)
	callback := digest(s.Callback)
	same := sub.hub == h && sub.callback == callback
	if same && (now.Before(sub.asked.Add(askAgain)) || now.Before(sub.until.Add(-leaseAsked/4))) {
		return
	}
	if !same {
		sub = subscription{hub: h, callback: callback}
	}
	sub.asked = now
	sub.remember(s.Cache) // before the hub asks whether we meant it
	form := url.Values{
		"hub.mode": {"subscribe"}, "hub.topic": {h.topic}, "hub.callback": {s.Callback},
		"hub.secret": {h.secret(s.Settings)}, "hub.lease_seconds": {strconv.Itoa(int(leaseAsked / time.Second))},
	}
	ctx, cancel := context.WithTimeout(ctx, min(subscribing, l.loading))
	defer cancel()
	if err := ask(ctx, s.HTTP, h.address, form); err != nil {
		s.Log.Info("the hub of a feed does not take the subscription; the feed is asked instead", "error", err)
	}
}

// resolved is the hub and topic as absolute addresses. A feed that does not say
// what it is called is called by its address.
func (l *looker) resolved(h hub) hub {
	if h.address == "" {
		return h
	}
	h.address = l.origin.resolve(h.address)
	if h.topic = l.origin.resolve(h.topic); h.topic == "" {
		h.topic = l.origin.at.String()
	}
	return h
}

func ask(ctx context.Context, client *http.Client, address string, form url.Values) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	if answer.StatusCode/100 != 2 {
		return hearth.Errorf(hearth.Unavailable, "the hub answers with HTTP status %d", answer.StatusCode)
	}
	return nil
}

// usable says whether a secret may be given to the hub: over TLS, or to this
// machine.
func (h hub) usable() bool {
	u, err := url.Parse(h.address)
	if err != nil || u.Hostname() == "" || u.User != nil || len(h.address) > maxPlace || len(h.topic) > maxPlace || strings.ContainsAny(h.address+h.topic, " \n") {
		return false
	}
	if _, err := parseAddress(h.topic); err != nil {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
}

// secret is what this hub signs with: made of the source's, so that no hub
// knows that of another.
func (h hub) secret(settings map[string]string) string {
	mac := hmac.New(sha256.New, []byte(settings["push_secret"]))
	fmt.Fprintf(mac, "websub\n%s\n%s", h.address, h.topic)
	return hex.EncodeToString(mac.Sum(nil))
}

// verifyPush is network.Webhook.Verify.
func verifyPush(s *network.Session, d *network.Delivery) (string, error) {
	sub := recallSubscription(s.Cache)
	if sub.topic == "" || s.Settings["push_secret"] == "" {
		return "", hearth.Errorf(hearth.Denied, "Nobody subscribed to this feed.")
	}
	sc, _ := network.SchemeOf("websub")
	return sc.Verify([][]byte{[]byte(sub.secret(s.Settings))}, d, s.Clock())
}

// answerHub is network.Webhook.Answer: the hub asks whether we meant what it
// was asked for, or says that it does not want to (sections 5.3 and 5.2 of
// WebSub).
func answerHub(s *network.Session, query url.Values) (string, error) {
	sub := recallSubscription(s.Cache)
	topic, challenge := query.Get("hub.topic"), query.Get("hub.challenge")
	unknown := hearth.Errorf(hearth.NotFound, "This was not asked for.")
	if sub.topic == "" || topic != sub.topic {
		return "", unknown
	}
	now := s.Clock()
	switch query.Get("hub.mode") {
	case "subscribe":
		if challenge == "" || len(challenge) > 1000 {
			return "", hearth.Errorf(hearth.Invalid, "The challenge is missing or too long.")
		}
		lease := leaseLeast
		if seconds, ok := wholeNumber(query.Get("hub.lease_seconds")); ok {
			lease = time.Duration(min(seconds, int64(leaseMost/time.Second))) * time.Second
		}
		sub.until = now.Add(max(lease, leaseLeast))
		sub.remember(s.Cache)
		return challenge, nil
	case "denied":
		sub.until, sub.asked = time.Unix(0, 0), now.Add(askDenied-askAgain)
		sub.remember(s.Cache)
		return "", nil
	}
	return "", unknown // nobody unsubscribes but by removing the source
}

// readPush is network.Webhook.Read: the entries of a document that the hub
// sent. One that says nothing, or cannot be read, is only a hint: the feed is
// asked anyway.
func readPush(s *network.Session, d *network.Delivery, b *network.Batch) {
	b.Frames++
	address, err := parseAddress(s.Settings["url"])
	if err != nil {
		return
	}
	if len(d.Header) == 0 { // a dead letter of the feed
		decode(d.Body, b)
		return
	}
	text, err := toUTF8(d.Body, d.Header.Get("Content-Type"))
	if err != nil {
		return
	}
	doc, err := parse(text)
	if err != nil {
		return
	}
	o := newOrigin(address)
	if topic, err := parseAddress(recallSubscription(s.Cache).topic); err == nil {
		o.at = topic
	}
	shared := sharedGUIDs(doc.entries)
	for i := len(doc.entries) - 1; i >= 0; i-- {
		e := &doc.entries[i]
		p := o.post(&doc, e, d.Received)
		p.ID = o.id(e.name(&p, shared))
		if e.refused(&p) != "" {
			continue // the feed will show it, and then it is told
		}
		sum := version(&p)
		ev := b.Add()
		*ev = network.Event{Op: network.Create, Revision: hex.EncodeToString(sum[:16]), At: d.Received, Post: p}
		if had, ok := pushed(s.Cache, p.ID); ok && had != versionOf(&p) {
			ev.Op = network.Update
		}
		s.Cache.Put(pushedKey(p.ID), strconv.FormatUint(uint64(versionOf(&p)), 10))
	}
}

func pushedKey(id string) string { return "pushed " + strconv.FormatUint(short(id), 36) }

// pushed is the version of an entry that a push brought, so that a look knows
// whether it is new, the same or an edit.
func pushed(c network.Cache, id string) (version uint32, ok bool) {
	if c == nil {
		return 0, false
	}
	text, ok := c.Get(pushedKey(id))
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), ok && err == nil
}

// linkHeaders are the hub and the topic of a Link header (RFC 8288).
func linkHeaders(header http.Header) (h hub) {
	for _, value := range header.Values("Link") {
		if len(value) > 8<<10 {
			continue
		}
		for _, link := range splitOutside(value, ',') {
			parts := splitOutside(link, ';')
			target := strings.TrimSpace(parts[0])
			if len(target) < 2 || target[0] != '<' || target[len(target)-1] != '>' {
				continue
			}
			for _, p := range parts[1:] {
				name, relations, _ := strings.Cut(p, "=")
				if strings.EqualFold(strings.TrimSpace(name), "rel") {
					h.take(strings.Trim(strings.TrimSpace(relations), `"`), target[1:len(target)-1])
				}
			}
		}
	}
	return h
}

// splitOutside splits at a separator that stands neither in quotes nor in angle
// brackets. There is at least one part.
func splitOutside(s string, separator byte) (parts []string) {
	from, quoted, inside := 0, false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' && !inside:
			quoted = !quoted
		case quoted:
		case c == '<':
			inside = true
		case c == '>':
			inside = false
		case c == separator && !inside:
			parts = append(parts, s[from:i])
			from = i + 1
		}
	}
	return append(parts, s[from:])
}

// take takes the first target of each relation.
func (h *hub) take(relations, target string) {
	for _, relation := range strings.Fields(strings.ToLower(relations)) {
		switch {
		case relation == "hub" && h.address == "":
			h.address = target
		case relation == "self" && h.topic == "":
			h.topic = target
		}
	}
}
