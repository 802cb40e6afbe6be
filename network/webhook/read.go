package webhook

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"hearth"
	"hearth/network"
)

// Limits of one delivery.
const (
	maxRecords = 10_000
	maxText    = 64 << 20 // bytes, after expansion
	maxReject  = 64 << 10
)

// reader reads one delivery.
type reader struct {
	documents *network.Documents
	networks  []string
	received  time.Time
	b         *network.Batch
}

// read is network.Webhook.Read.
func read(s *network.Session, d *network.Delivery, b *network.Batch) {
	r := &reader{received: d.Received, b: b}
	if err := r.prepare(s.Settings); err != nil {
		r.reject(string(d.Body), network.Sentence(err), 0)
		return
	}
	if isBinary(d.Header) {
		r.b.Frames++
		r.event(binaryEvent(d), string(d.Body), 0)
		return
	}
	body := &limited{r: bytes.NewReader(d.Body), left: maxText}
	in, err := network.Open(body)
	if err != nil {
		r.reject(string(d.Body), network.Sentence(err), 0)
		return
	}
	defer in.Close()
	err = network.EachValue(context.Background(), in, func(v *network.Value) error {
		if v.Number > maxRecords {
			return hearth.Errorf(hearth.Invalid, "The delivery has more than %d records; those after them were not read. Send them in several.", maxRecords)
		}
		r.b.Frames++
		text := strings.Clone(v.Text)
		if v.Problem != "" {
			r.reject(text, v.Problem, v.Line)
			return nil
		}
		r.value(text, v.Line)
		return nil
	})
	if err != nil {
		r.reject(string(d.Body), network.Sentence(err), 0)
	}
}

func (r *reader) prepare(settings map[string]string) (err error) {
	for _, name := range strings.Split(settings["network"], ",") {
		r.networks = append(r.networks, strings.TrimSpace(name))
	}
	form := network.Lenient
	if settings["map"] != "" {
		form = network.Mapped
	}
	r.documents, err = network.NewDocuments(map[string]string{
		"network": r.networks[0], "map": settings["map"], "zone": settings["zone"],
	}, form)
	return err
}

// value reads one object: an event with its post in it, or a post.
func (r *reader) value(text string, line int64) {
	if !strings.Contains(text, `"specversion"`) {
		r.post(text, line, nil)
		return
	}
	e, ok, err := readEvent(text)
	switch {
	case err != nil:
		r.reject(text, network.Sentence(err), line)
	case !ok:
		r.post(text, line, nil)
	default:
		r.event(e, text, line)
	}
}

// post adds the post that an object is. e is the event around it, nil for none.
func (r *reader) post(text string, line int64, e *event) {
	raw := text
	complete := func(*hearth.Post) {}
	if e != nil {
		raw, complete = e.raw, e.complete
	}
	ev := r.b.Add()
	err := r.documents.Read(text, &ev.Post, complete)
	if err == nil {
		err = ev.Post.Check()
	}
	if err == nil {
		err = r.allowed(&ev.Post)
	}
	if err != nil {
		r.b.Drop()
		r.reject(raw, network.Sentence(err), line)
		return
	}
	ev.At = r.received
	if e != nil {
		e.stamp(ev)
	}
}

// allowed says whether the source may write under the post's network.
func (r *reader) allowed(p *hearth.Post) error {
	if slices.Contains(r.networks, p.Network) {
		return nil
	}
	return hearth.Errorf(hearth.Invalid, "The post names the network %q, which the source's setting network does not allow.", p.Network)
}

func (r *reader) reject(raw, reason string, line int64) {
	r.b.Rejects = append(r.b.Rejects, network.Reject{Raw: []byte(raw[:min(len(raw), maxReject)]), Reason: reason, Line: line})
}

// limited fails where io.LimitReader would end in silence.
type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, hearth.Errorf(hearth.Invalid, "The delivery is larger than %d bytes.", maxText)
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}
