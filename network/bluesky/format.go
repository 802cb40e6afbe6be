package bluesky

import (
	"bytes"
	"context"
	"io"

	"hearth/network"
)

// Format is a recording of Jetstream, in either version of the protocol: one
// event a line. Events that are not about posts or accounts are passed over.
func Format() network.Format {
	return network.Format{
		Name:       "jetstream",
		Title:      "Bluesky events (Jetstream)",
		Extensions: nil, // nothing tells it from other JSON but its content
		Sniff: func(head []byte) bool {
			return bytes.Contains(head, []byte(`"time_us"`)) && bytes.Contains(head, []byte(`"did:`)) ||
				bytes.Contains(head, []byte(`network.bsky.jetstream.subscribeEvents#`))
		},
		Read: func(ctx context.Context, r io.Reader, _ map[string]string, each func(*network.Record) error) error {
			var d Decoder
			return network.ReadValues(ctx, r, each, func(text string, out *network.Records) error {
				f, err := d.Decode(text, out.Event())
				switch {
				case err != nil:
					return out.Refuse(reason(err))
				case f.Kind == Post || f.Kind == Account:
					return out.Give()
				}
				return nil
			})
		},
	}
}
