package jsonread_test

import (
	"encoding/json"
	"testing"

	"hearth/jsonread"
)

// event is a Jetstream v1 event of the usual size; people and text invented.
const event = `{"did":"did:plc:abcdefghijklmnopqrstuvwx","time_us":1779719009157119,"kind":"commit","commit":{"rev":"3mmzzzzzzzz2a","operation":"create","collection":"app.bsky.feed.post","rkey":"3mmabcdefgh2b","record":{"$type":"app.bsky.feed.post","createdAt":"2026-11-01T10:00:00.123Z","langs":["en"],"reply":{"parent":{"cid":"bafyreihexampleexampleexampleexampleexampleexampleexampleexample","uri":"at://did:plc:bbbbbbbbbbbbbbbbbbbbbbbb/app.bsky.feed.post/3mmparent222a"},"root":{"cid":"bafyreihexampleexampleexampleexampleexampleexampleexampleexample","uri":"at://did:plc:cccccccccccccccccccccccc/app.bsky.feed.post/3mmroot22222a"}},"text":"The new espresso machine at Brightbean is slow today, but the people behind the counter are lovely ☕"},"cid":"bafyreihexampleexampleexampleexampleexampleexampleexampleexample"}}`

type sample struct {
	did, rkey, text, lang, created, parent, root string
	time                                         int64
}

func (p *sample) read(r *jsonread.Reader, s string) error {
	r.Reset(s)
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "did":
			p.did = r.Text()
		case "time_us":
			p.time = r.Int64()
		case "commit":
			r.Object()
			for r.Next() {
				switch r.Key() {
				case "rkey":
					p.rkey = r.Text()
				case "record":
					p.record(r)
				}
			}
		}
	}
	return r.End()
}

func (p *sample) record(r *jsonread.Reader) {
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "text":
			p.text = r.Text()
		case "createdAt":
			p.created = r.Text()
		case "langs":
			r.Array()
			for r.Next() {
				p.lang = r.Text()
			}
		case "reply":
			r.Object()
			for r.Next() {
				switch r.Key() {
				case "parent":
					p.parent = uri(r)
				case "root":
					p.root = uri(r)
				}
			}
		}
	}
}

func uri(r *jsonread.Reader) (s string) {
	r.Object()
	for r.Next() {
		if r.Key() == "uri" {
			s = r.Text()
		}
	}
	return s
}

func BenchmarkReadEvent(b *testing.B) {
	var r jsonread.Reader
	var p sample
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		if err := p.read(&r, event); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPassOverEvent(b *testing.B) {
	var r jsonread.Reader
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(event)
		if err := r.End(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodingJSONEvent is the baseline: the same fields through
// encoding/json.
func BenchmarkEncodingJSONEvent(b *testing.B) {
	type ref struct {
		URI string `json:"uri"`
	}
	type wire struct {
		DID    string `json:"did"`
		Time   int64  `json:"time_us"`
		Commit struct {
			Rkey   string `json:"rkey"`
			Record struct {
				Text, CreatedAt string
				Langs           []string
				Reply           struct{ Parent, Root ref }
			} `json:"record"`
		} `json:"commit"`
	}
	in := []byte(event)
	b.SetBytes(int64(len(event)))
	b.ReportAllocs()
	for b.Loop() {
		var w wire
		if err := json.Unmarshal(in, &w); err != nil {
			b.Fatal(err)
		}
	}
}
