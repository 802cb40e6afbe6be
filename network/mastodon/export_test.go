package mastodon

import (
	"time"

	"hearth/network"
)

// Quick is the network for tests that cannot wait a minute.
func Quick() network.Network { return build(10 * time.Millisecond) }
