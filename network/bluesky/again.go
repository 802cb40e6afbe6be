package bluesky

import "hearth/network"

// decodeAgain is network.Network.Decode: one frame of a dead letter, in either
// version of the protocol.
func decodeAgain(raw []byte, b *network.Batch) {
	b.Frames++
	ev := b.Add()
	kind, err := DecodeLine(string(raw), ev)
	if err != nil || kind != Post && kind != Account {
		b.Drop()
	}
	if err != nil {
		b.Rejects = append(b.Rejects, reject(raw, err))
	}
}
