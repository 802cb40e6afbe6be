package webhook

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"hearth"
	"hearth/jsonread"
	"hearth/network"
)

// event is a CloudEvent: what it says of the post in it.
type event struct {
	version, id, source, kind, subject string
	contentType                        string
	at                                 time.Time
	data                               string // JSON, or the text itself
	plain                              bool   // data is text
	op                                 network.Op
	raw                                string // the whole
}

// isBinary says whether the event stands in the headers.
func isBinary(h http.Header) bool { return h.Get("Ce-Specversion") != "" }

// binaryEvent reads an event whose attributes stand in the headers.
func binaryEvent(d *network.Delivery) *event {
	header := func(name string) string {
		v := d.Header.Get(name)
		if text, err := url.PathUnescape(v); err == nil { // section 3.1.3.2 of the HTTP binding
			return text
		}
		return v
	}
	e := &event{
		version: header("Ce-Specversion"), id: header("Ce-Id"), source: header("Ce-Source"), kind: header("Ce-Type"), subject: header("Ce-Subject"),
		contentType: d.Header.Get("Content-Type"), data: string(d.Body), raw: string(d.Body),
	}
	e.at, _ = hearth.ParseTime(header("Ce-Time"))
	e.plain = !isJSON(e.contentType)
	return e
}

// readEvent reads an event in the JSON format; ok is false for an object that
// is none.
func readEvent(text string) (e *event, ok bool, err error) {
	var r jsonread.Reader
	var base64Data string
	r.Reset(text)
	e = &event{raw: text}
	for entered := r.TryObject(); entered && r.Next(); {
		switch r.Key() {
		case "specversion":
			e.version, ok = r.TryText(), true
		case "id":
			e.id = r.TryID()
		case "source":
			e.source = r.TryText()
		case "type":
			e.kind = r.TryText()
		case "subject":
			e.subject = r.TryText()
		case "time":
			e.at, _ = hearth.ParseTime(r.TryText())
		case "datacontenttype":
			e.contentType = r.TryText()
		case "data":
			e.plain = r.Kind() == jsonread.String
			if e.plain {
				e.data = r.Text()
			} else {
				e.data = r.Raw()
			}
		case "data_base64":
			base64Data = r.TryText()
		}
	}
	if err := r.End(); err != nil {
		return nil, false, hearth.Errorf(hearth.Invalid, "%s", network.Sentence(err))
	}
	if base64Data != "" {
		b, err := base64.StdEncoding.DecodeString(base64Data)
		if err != nil {
			return nil, false, hearth.Errorf(hearth.Invalid, "data_base64 of the event is not Base64.")
		}
		e.data, e.plain = string(b), !isJSON(e.contentType)
	}
	return e, ok, nil
}

// isJSON says whether a content type is JSON; nothing said means that it is.
func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && (kind == "application/json" || kind == "text/json" || strings.HasSuffix(kind, "+json"))
}

// event adds what an event tells: a post, a new version of one, or that one is
// gone, by the last word of its type.
func (r *reader) event(e *event, raw string, line int64) {
	switch {
	case !strings.HasPrefix(e.version, "1."):
		r.reject(raw, "The event is not one of CloudEvents 1.0.", line)
		return
	case e.id == "" || e.source == "" || e.kind == "":
		r.reject(raw, "The event lacks its id, source or type.", line)
		return
	}
	e.op = opOf(e.kind)
	switch {
	case e.op == network.Delete:
		r.deletion(e, line)
	case !e.plain:
		r.post(e.data, line, e)
	case isText(e.contentType):
		r.textPost(e, line)
	default:
		r.reject(raw, "The event's data is neither JSON nor text.", line)
	}
}

// opOf is what happened, by an event's type: com.example.review.deleted.
func opOf(kind string) network.Op {
	last := kind
	if i := strings.LastIndexAny(kind, "._-/:"); i >= 0 {
		last = kind[i+1:]
	}
	switch strings.ToLower(last) {
	case "deleted", "delete", "removed", "remove":
		return network.Delete
	case "updated", "update", "edited", "edit", "changed", "change":
		return network.Update
	}
	return network.Create
}

func isText(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return contentType == "" || err == nil && (strings.HasPrefix(kind, "text/") || isJSON(kind))
}

// textPost adds a post whose text is all of the data.
func (r *reader) textPost(e *event, line int64) {
	ev := r.b.Add()
	ev.Post.Text = strings.ToValidUTF8(e.data, "\uFFFD")
	if kind, _, _ := mime.ParseMediaType(e.contentType); kind == "text/html" {
		ev.Post.Text, ev.Post.Links = network.PlainText(ev.Post.Text)
	}
	ev.Post.Network = r.networks[0]
	e.complete(&ev.Post)
	if err := ev.Post.Check(); err != nil {
		r.b.Drop()
		r.reject(e.raw, network.Sentence(err), line)
		return
	}
	ev.At = r.received
	e.stamp(ev)
}

// deletion adds that a post is gone: the one that the data names, or else the
// subject.
func (r *reader) deletion(e *event, line int64) {
	var p hearth.Post
	if e.plain || e.data == "" || e.data == "null" {
		p.Network = r.networks[0]
	} else if err := r.documents.ReadKey(e.data, &p); err != nil {
		r.reject(e.raw, network.Sentence(err), line)
		return
	}
	if p.ID == "" {
		p.ID = e.subject
	}
	if p.ID == "" {
		r.reject(e.raw, "The event does not say which post is gone: name its id in the data, or as the subject.", line)
		return
	}
	if err := r.allowed(&p); err != nil {
		r.reject(e.raw, network.Sentence(err), line)
		return
	}
	if err := p.Check(); err != nil {
		r.reject(e.raw, network.Sentence(err), line)
		return
	}
	ev := r.b.Add()
	ev.Post, ev.At = p, r.received
	e.stamp(ev)
}

// complete gives a post what its event says: an id, the same whenever the event
// comes (the pair of source and id names an event), and a time.
func (e *event) complete(p *hearth.Post) {
	if p.ID == "" {
		p.ID = e.subject
	}
	if p.ID == "" {
		sum := sha256.Sum256([]byte(e.source + "\x00" + e.id))
		p.ID = "event-" + hex.EncodeToString(sum[:12])
	}
	if p.Published.IsZero() && e.op == network.Create {
		p.Published = e.at
	}
}

// stamp tells what happened and when. Only edits have a revision: a post that
// is created again is the same.
func (e *event) stamp(ev *network.Event) {
	ev.Op = e.op
	if ev.Op == network.Update {
		ev.Revision = e.id
	}
	if !e.at.IsZero() {
		ev.At = e.at
	}
}
