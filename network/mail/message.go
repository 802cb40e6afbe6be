package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	netmail "net/mail"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/emersion/go-message"
	"golang.org/x/net/html/charset"

	"hearth"
	"hearth/network"
)

// Limits of a message.
const (
	maxHeader   = 256 << 10 // bytes
	maxField    = 4 << 10   // of a header that is parsed
	maxParts    = 100
	maxDepth    = 10
	maxBody     = 2 << 20 // bytes of text that are looked at
	maxText     = 200_000 // characters of a post
	maxTitle    = 1000
	maxID       = 512
	maxNames    = 20 // of attachments
	maxLinks    = 100
	maxMedia    = 50
	maxRef      = 10_000 // bytes
	earlyByDays = 1      // a message may be from the future by a wrong clock
)

// letter is a message, read.
type letter struct {
	id, parent, root string
	from             netmail.Address
	subject          string
	date             time.Time
	nature           nature
	plain, markup    strings.Builder
	attached         []attachment
	parts            int
}

// attachment is a part that is no text of the message.
type attachment struct{ kind, name string }

// readMessage reads the bytes of a message. The error is a sentence.
func readMessage(raw []byte) (*letter, error) {
	e, err := message.ReadWithOptions(bytes.NewReader(raw), &message.ReadOptions{MaxHeaderBytes: maxHeader})
	if e == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
		return nil, hearth.Errorf(hearth.Invalid, "The message has no header that can be read (%v).", err)
	}
	if e.Header.Len() == 0 {
		return nil, hearth.Errorf(hearth.Invalid, "The message has no header.")
	}
	m := &letter{}
	if m.from, err = sender(&e.Header); err != nil {
		return nil, err
	}
	m.subject = words(field(&e.Header, "Subject"))
	m.date, _ = netmail.ParseDate(field(&e.Header, "Date"))
	m.nature = natureOf(&e.Header)
	m.thread(&e.Header, raw)
	m.part(e, 0)
	return m, nil
}

// field is a header's value, cut where it is absurdly long.
func field(h *message.Header, name string) string {
	v := h.Get(name)
	return strings.TrimSpace(v[:min(len(v), maxField)])
}

// sender is who wrote the message, as it claims.
func sender(h *message.Header) (netmail.Address, error) {
	for _, name := range []string{"From", "Sender", "Reply-To"} {
		text := field(h, name)
		if text == "" {
			continue
		}
		parser := netmail.AddressParser{WordDecoder: &mime.WordDecoder{CharsetReader: decodeCharset}}
		if list, err := parser.ParseList(text); err == nil && len(list) > 0 && list[0].Address != "" {
			return netmail.Address{Name: clean(list[0].Name, maxTitle), Address: strings.ToLower(list[0].Address)}, nil
		}
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t<>,;\"'()", r) }) {
			if at := strings.IndexByte(word, '@'); at > 0 && at < len(word)-1 {
				return netmail.Address{Address: strings.ToLower(word)}, nil
			}
		}
	}
	return netmail.Address{}, hearth.Errorf(hearth.Invalid, "The message does not say who sent it.")
}

// words is the text of a header with encoded words (RFC 2047).
func words(s string) string {
	decoder := mime.WordDecoder{CharsetReader: decodeCharset}
	if text, err := decoder.DecodeHeader(s); err == nil {
		s = text
	}
	return clean(s, maxTitle)
}

// clean is text on one line, of so many characters at most.
func clean(s string, limit int) string {
	return cut(strings.Join(strings.Fields(toUTF8(s)), " "), limit)
}

func cut(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

// toUTF8 reads bytes of an unnamed charset: UTF-8, or else what most mail
// without a name is in.
func toUTF8(s string) string {
	if utf8.ValidString(s) {
		return strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	r, err := charset.NewReaderLabel("windows-1252", strings.NewReader(s))
	if err == nil {
		if b, err := io.ReadAll(r); err == nil {
			s = string(b)
		}
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// decodeCharset reads a charset as UTF-8.
func decodeCharset(label string, r io.Reader) (io.Reader, error) {
	return charset.NewReaderLabel(label, r)
}

// thread finds the message's id and those above it: the first of References
// began the thread, In-Reply-To or the last of References is answered.
func (m *letter) thread(h *message.Header, raw []byte) {
	if ids := messageIDs(field(h, "Message-Id")); len(ids) > 0 && len(ids[0]) <= maxID {
		m.id = ids[0]
	} else {
		sum := sha256.Sum256(raw)
		m.id = "sha256-" + hex.EncodeToString(sum[:16])
	}
	references := h.Get("References")
	above := messageIDs(references[:min(len(references), maxRef)])
	if parents := messageIDs(field(h, "In-Reply-To")); len(parents) > 0 {
		m.parent = parents[0]
	} else if len(above) > 0 {
		m.parent = above[len(above)-1]
	}
	m.root = m.parent
	if len(above) > 0 {
		m.root = above[0]
	}
	if m.parent == m.id {
		m.parent, m.root = "", ""
	}
}

// messageIDs are the ids in angle brackets.
func messageIDs(s string) (ids []string) {
	for {
		from := strings.IndexByte(s, '<')
		if from < 0 {
			return ids
		}
		s = s[from+1:]
		end := strings.IndexByte(s, '>')
		if end < 0 {
			return ids
		}
		if id := strings.ToValidUTF8(strings.Join(strings.Fields(s[:end]), ""), ""); id != "" && len(id) <= maxID {
			ids = append(ids, id)
		}
		s = s[end+1:]
	}
}

// part gathers the texts and attachments of a part and those in it.
func (m *letter) part(e *message.Entity, depth int) {
	if m.parts++; m.parts > maxParts || depth > maxDepth {
		return
	}
	kind, params, err := e.Header.ContentType()
	if err != nil {
		kind = "text/plain" // RFC 2045, section 5.2
	}
	if mr := e.MultipartReader(); mr != nil {
		for m.parts <= maxParts {
			inner, err := mr.NextPart()
			if inner == nil || err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err) {
				return
			}
			m.part(inner, depth+1)
		}
		return
	}
	disposition, more, _ := e.Header.ContentDisposition()
	name := more["filename"]
	if name == "" {
		name = params["name"]
	}
	if disposition == "attachment" || kind != "text/plain" && kind != "text/html" {
		if (name != "" || !strings.HasPrefix(kind, "text/")) && len(m.attached) < maxNames {
			m.attached = append(m.attached, attachment{kind, clean(words(name), 200)})
		}
		return
	}
	text := decodedText(e, params["charset"])
	if kind == "text/html" {
		add(&m.markup, text)
		return
	}
	if strings.EqualFold(params["format"], "flowed") {
		text = unflow(text, strings.EqualFold(params["delsp"], "yes"))
	}
	add(&m.plain, text)
}

func add(b *strings.Builder, text string) {
	if b.Len() > 0 && text != "" {
		b.WriteString("\n\n")
	}
	b.WriteString(text[:min(len(text), max(0, maxBody-b.Len()))])
}

// decodedText is the text of a part in UTF-8, as far as it can be decoded.
func decodedText(e *message.Entity, label string) string {
	raw, _ := io.ReadAll(io.LimitReader(e.Body, maxBody)) // broken at its end: the rest is there
	text := string(raw)
	switch strings.ToLower(label) {
	case "", "utf-8", "us-ascii":
	default:
		if r, err := charset.NewReaderLabel(label, bytes.NewReader(raw)); err == nil {
			if b, err := io.ReadAll(io.LimitReader(r, 3*maxBody)); err == nil {
				text = string(b)
			}
		}
	}
	return strings.ReplaceAll(toUTF8(text), "\r\n", "\n")
}

// fill makes the event of the message. received is when the server got it; zero
// where nobody knows.
func (m *letter) fill(ev *network.Event, received time.Time) error {
	text, links := m.text()
	p := &ev.Post
	p.Network, p.ID, p.Kind = Name, m.id, hearth.Message
	p.InReplyTo, p.Root = m.parent, m.root
	p.Author = hearth.Author{ID: m.from.Address, Handle: m.from.Address, Name: m.from.Name}
	p.Title, p.Text, p.Links = m.subject, cut(text, maxText), links
	p.Published = m.date.UTC()
	if latest := received.AddDate(0, 0, earlyByDays); p.Published.IsZero() || !received.IsZero() && p.Published.After(latest) {
		p.Published = received
	}
	p.Tags = m.nature.tags()
	for _, a := range m.attached {
		group, _, _ := strings.Cut(a.kind, "/")
		if (group == "image" || group == "audio" || group == "video") && len(p.Media) < maxMedia {
			p.Media = append(p.Media, hearth.Media{Type: group, Alt: a.name})
		}
	}
	if len(m.attached) > 0 {
		p.Tags = append(p.Tags, "attachment")
	}
	ev.Revision, ev.At = "1", received
	if ev.At.IsZero() {
		ev.At = p.Published
	}
	if err := p.Check(); err != nil {
		return errors.Join(err)
	}
	return nil
}

// text is what the sender wrote, without what was quoted below it and without
// the signature; all of it where nothing else is there.
func (m *letter) text() (text string, links []string) {
	if strings.TrimSpace(m.plain.String()) != "" {
		text = m.plain.String()
		links = linksIn(text)
	} else {
		text, links = network.PlainText(withoutQuotes(m.markup.String()))
		if text == "" {
			text, links = network.PlainText(m.markup.String())
		}
	}
	return strings.TrimSpace(own(text)), links[:min(len(links), maxLinks)]
}
