package bluesky

import (
	"strings"

	"hearth"
)

// event reads the object of a frame: an event of the first version, the
// envelope of the second, or the payload of the second without it.
func (d *Decoder) event(p *hearth.Post) {
	r, raw := &d.r, &d.raw
	r.Object()
	for r.Next() {
		switch r.Key() {
		case "payload":
			if r.TryObject() {
				d.payload(p)
			}
		default:
			d.member(p, r.Key())
		}
	}
	if raw.kind == kindUnknown && raw.failure != "" {
		raw.kind = kindError
	}
}

func (d *Decoder) payload(p *hearth.Post) {
	for d.r.Next() {
		d.member(p, d.r.Key())
	}
}

func (d *Decoder) member(p *hearth.Post, key string) {
	r, raw := &d.r, &d.raw
	switch key {
	case "$type":
		if kind := kindOf(r.TryText()); kind != kindUnknown {
			raw.kind = kind
		}
	case "kind":
		raw.kind = kindOf(r.TryText())
	case "did":
		raw.did = r.TryText()
	case "seq":
		raw.seq, _ = r.TryInt64()
	case "time_us":
		raw.timeUS, _ = r.TryInt64()
	case "time":
		raw.time = r.TryText()
	case "witnessedAt":
		raw.witnessed = r.TryText()
	case "commit":
		if r.TryObject() {
			for r.Next() {
				d.commitMember(p, r.Key())
			}
		}
	case "identity", "account", "sync":
		d.subject()
	case "name":
		raw.name = r.TryText()
	case "error":
		raw.failure = r.TryText()
	case "message":
		raw.message = r.TryText()
	default:
		d.commitMember(p, key)
	}
}

func (d *Decoder) commitMember(p *hearth.Post, key string) {
	r, raw := &d.r, &d.raw
	switch key {
	case "rev":
		raw.rev = r.TryText()
	case "operation":
		raw.operation = r.TryText()
	case "collection":
		raw.collection = r.TryText()
	case "rkey":
		raw.rkey = r.TryText()
	case "record":
		if (raw.collection == "" || raw.collection == postCollection) && r.TryObject() {
			raw.hasRecord = true
			d.record(p)
		}
	}
}

// subject reads the upstream event inside an identity or account event. Its
// seq and time are the relay's, not ours.
func (d *Decoder) subject() {
	r, raw := &d.r, &d.raw
	if !r.TryObject() {
		return
	}
	for r.Next() {
		switch r.Key() {
		case "did":
			raw.inner = r.TryText()
		case "handle":
			raw.handle = r.TryText()
		case "status":
			raw.status = r.TryText()
		case "active":
			if v, ok := r.TryBool(); ok {
				raw.active = hearth.BoolOf(v)
			}
		}
	}
}

// kindOf reads "commit" (first version) and "…subscribeEvents#commit" (second).
func kindOf(s string) wireKind {
	switch s[strings.LastIndexByte(s, '#')+1:] {
	case "commit":
		return kindCommit
	case "identity":
		return kindIdentity
	case "account":
		return kindAccount
	case "sync":
		return kindSync
	case "info":
		return kindInfo
	}
	return kindUnknown
}
