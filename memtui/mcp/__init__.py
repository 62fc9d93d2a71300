"""The MCP server: an agent looks up what is remembered here, and may propose.

``tools`` is the table of what can be called, ``looking`` reads, ``proposing``
leaves something for the person to decide, ``scope`` says what an agent may see,
``answer`` is the one way out, and ``server`` speaks the protocol. Only ``server``
imports the SDK.
"""
