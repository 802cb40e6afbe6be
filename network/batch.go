package network

// Reset empties the batch and keeps its memory for the next one.
func (b *Batch) Reset() {
	b.Events = b.Events[:0]
	b.Rejects = b.Rejects[:0]
	b.Gaps = b.Gaps[:0]
	b.Cursor = ""
	b.Frames = 0
}

// Add makes room for one more event and returns it, empty. It may be taken
// back by Drop before the next Add. Earlier events may move in memory.
func (b *Batch) Add() *Event {
	if n := len(b.Events); n < cap(b.Events) {
		b.Events = b.Events[:n+1]
		b.Events[n].Reset()
	} else {
		b.Events = append(b.Events, Event{})
	}
	return &b.Events[len(b.Events)-1]
}

// Drop takes the last event out again; its memory stays.
func (b *Batch) Drop() { b.Events = b.Events[:len(b.Events)-1] }

// Reset makes the event empty and keeps the memory of its lists.
func (e *Event) Reset() {
	p := &e.Post
	links, media, hashtags, mentions := p.Links[:0], p.Media[:0], p.Hashtags[:0], p.Mentions[:0]
	tags, intent := p.Tags[:0], p.Intent[:0]
	*e = Event{}
	p.Links, p.Media, p.Hashtags, p.Mentions, p.Tags, p.Intent = links, media, hashtags, mentions, tags, intent
}

// Account says whether the event is about an author and not about one post.
func (op Op) Account() bool {
	switch op {
	case HideAuthor, ShowAuthor, DeleteAuthor, Rename:
		return true
	}
	return false
}

// HasPost says whether the event carries a whole post.
func (op Op) HasPost() bool { return op == Create || op == Update }

func (op Op) String() string {
	names := [...]string{"create", "update", "delete", "hide author", "show author", "delete author", "rename", "hide", "show"}
	if int(op) < len(names) {
		return names[op]
	}
	return "unknown"
}
