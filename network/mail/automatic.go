package mail

import (
	"strings"

	"github.com/emersion/go-message"
)

// nature is what kind of mail a message is, where no person wrote it to us.
type nature struct {
	automatic bool // an automatic answer (RFC 3834)
	bounce    bool // a report that a message was not delivered, or complained about
	list      bool // of a mailing list or a newsletter
}

func natureOf(h *message.Header) (n nature) {
	automatic := strings.ToLower(field(h, "Auto-Submitted"))
	word, _, _ := strings.Cut(automatic, ";")
	precedence := strings.ToLower(field(h, "Precedence"))
	kind, params, _ := h.ContentType()
	n.bounce = kind == "multipart/report" && params["report-type"] != "disposition-notification" ||
		strings.ReplaceAll(field(h, "Return-Path"), " ", "") == "<>"
	n.automatic = !n.bounce && (word != "" && strings.TrimSpace(word) != "no" || precedence == "auto_reply" ||
		h.Has("X-Autoreply") || h.Has("X-Autorespond") || kind == "multipart/report")
	n.list = h.Has("List-Id") || h.Has("List-Unsubscribe") || precedence == "bulk" || precedence == "list" || precedence == "junk"
	return n
}

// tags say so in a post.
func (n nature) tags() (tags []string) {
	if n.automatic {
		tags = append(tags, "auto-reply")
	}
	if n.bounce {
		tags = append(tags, "bounce")
	}
	if n.list {
		tags = append(tags, "list")
	}
	return tags
}
