-- The target of MineGNK: Appendix A of the audit report of 2025-12-09, with one addition that is
-- marked below. Loaded into a throwaway server and read back; nothing else parses it.

-- UUID and encryption functions
CREATE EXTENSION IF NOT EXISTS "uuid-ossp";
CREATE EXTENSION IF NOT EXISTS "pgcrypto";

-- Users table (enhanced)
CREATE TABLE users (
  id UUID PRIMARY KEY DEFAULT uuid_generate_v4(),
  email VARCHAR(255) UNIQUE NOT NULL,
  password VARCHAR(255) NOT NULL,
  name VARCHAR(255),
  role VARCHAR(20) DEFAULT 'user' CHECK (role IN ('user', 'admin')),
  telegram VARCHAR(100),
  discord VARCHAR(100),
  currency_preference VARCHAR(10) DEFAULT 'USD',
  is_active BOOLEAN DEFAULT true,
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_users_email ON users(email);
CREATE INDEX idx_users_role ON users(role);
-- Added to Appendix A: migration 4 of the report creates it.
CREATE INDEX idx_users_is_active ON users(is_active) WHERE is_active = true;

-- Nodes table (NEW)
CREATE TABLE nodes (
  id UUID PRIMARY KEY DEFAULT uuid_generate_v4(),
  identifier VARCHAR(255) UNIQUE NOT NULL,
  identifier_type VARCHAR(50) NOT NULL CHECK (identifier_type IN ('wallet', 'node_id', 'operator', 'validator')),
  display_name VARCHAR(100),
  gpu_type VARCHAR(50),
  region VARCHAR(100),
  gcore_instance_id VARCHAR(255),
  created_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_nodes_identifier ON nodes(identifier);
CREATE INDEX idx_nodes_gpu_type ON nodes(gpu_type);

-- User-Node assignments (refactored)
CREATE TABLE user_nodes (
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  node_id UUID NOT NULL REFERENCES nodes(id) ON DELETE CASCADE,
  assigned_at TIMESTAMPTZ DEFAULT NOW(),
  assigned_by UUID REFERENCES users(id),
  PRIMARY KEY (user_id, node_id)
);

CREATE INDEX idx_user_nodes_user_id ON user_nodes(user_id);
CREATE INDEX idx_user_nodes_node_id ON user_nodes(node_id);

-- Node stats cache (NEW)
CREATE TABLE node_stats_cache (
  node_id UUID PRIMARY KEY REFERENCES nodes(id) ON DELETE CASCADE,
  status VARCHAR(50),
  earnings_day DECIMAL(20, 8),
  earnings_total DECIMAL(20, 8),
  uptime_percent DECIMAL(5, 2),
  tokens_per_sec DECIMAL(10, 2),
  jobs_day INTEGER,
  active_model VARCHAR(255),
  voting_weight DECIMAL(20, 8),
  source VARCHAR(50),
  fetched_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_node_stats_fetched ON node_stats_cache(fetched_at);
CREATE INDEX idx_node_stats_status ON node_stats_cache(status);

-- Earnings history (NEW)
CREATE TABLE earnings_history (
  id UUID PRIMARY KEY DEFAULT uuid_generate_v4(),
  node_id UUID REFERENCES nodes(id) ON DELETE CASCADE,
  date DATE NOT NULL,
  earnings_gnk DECIMAL(20, 8) NOT NULL,
  source VARCHAR(50),
  created_at TIMESTAMPTZ DEFAULT NOW(),
  UNIQUE (node_id, date)
);

CREATE INDEX idx_earnings_node_date ON earnings_history(node_id, date DESC);
CREATE INDEX idx_earnings_date ON earnings_history(date DESC);

-- Node requests (enhanced)
CREATE TABLE node_requests (
  id UUID PRIMARY KEY DEFAULT uuid_generate_v4(),
  user_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  type VARCHAR(50) DEFAULT 'new_node' CHECK (type IN ('new_node', 'support', 'other')),
  gpu_type VARCHAR(50),
  gpu_count INTEGER DEFAULT 1,
  region VARCHAR(100),
  budget VARCHAR(100),
  network VARCHAR(50) DEFAULT 'gonka',
  message TEXT,
  status VARCHAR(50) DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected', 'completed')),
  admin_notes TEXT,
  assigned_to UUID REFERENCES users(id),
  processed_by UUID REFERENCES users(id),
  processed_at TIMESTAMPTZ,
  created_at TIMESTAMPTZ DEFAULT NOW(),
  updated_at TIMESTAMPTZ DEFAULT NOW()
);

CREATE INDEX idx_requests_user_id ON node_requests(user_id);
CREATE INDEX idx_requests_status ON node_requests(status);
CREATE INDEX idx_requests_created_at ON node_requests(created_at DESC);
CREATE INDEX idx_requests_assigned_to ON node_requests(assigned_to);
