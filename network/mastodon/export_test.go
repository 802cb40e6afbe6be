package mastodon

import (
	"time"

	"hearth/network"
)

// Quick is the network for tests that cannot wait a minute.
func Quick() network.Network {
	return build(pace{poll: 10 * time.Millisecond, recheck: 20 * time.Millisecond, settle: 30 * time.Millisecond, call: 2 * time.Second})
}
