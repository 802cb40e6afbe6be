package bluesky

import (
	"testing"

	"hearth/network"
)

func TestAFrameIsReadAgainAsItWasStreamed(t *testing.T) {
	t.Parallel()
	var b network.Batch
	decode := Network().Decode
	decode([]byte(`{"did":"did:plc:ann","time_us":1779719009157119,"kind":"commit","commit":{"rev":"3mm","operation":"create","collection":"app.bsky.feed.post","rkey":"3mmabc","record":{"$type":"app.bsky.feed.post","text":"pie","createdAt":"2026-11-01T10:00:00Z"}}}`), &b)
	decode([]byte(`{"did":"did:plc:ann","time_us":1,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.like","rkey":"x"}}`), &b)
	decode([]byte(`{"did":`), &b)
	if len(b.Events) != 1 || b.Events[0].Post.Text != "pie" || b.Events[0].Op != network.Create {
		t.Errorf("events %+v", b.Events)
	}
	if len(b.Rejects) != 1 || b.Rejects[0].Reason == "" || b.Frames != 3 {
		t.Errorf("rejects %+v of %d frames", b.Rejects, b.Frames)
	}
}
