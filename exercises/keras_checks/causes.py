"""Why a student's code raised: the usual causes of an error, each in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping

STAND_IN = "the check's stand-in"
"""In the message of an attribute that an object of the checks lacks."""

_NOISE = re.compile(r" Target variable: <.*| for '\{\{.*?\}\} = [^']*'|\{\{.*?\}\}\s*|\s*\[Op:\w+\]|\s*name:\s*\w*$")
"""What TensorFlow adds for its own developers."""
_SHAPE = re.compile(r"(?<!\w)[(\[]((?:\d+|None|\?)(?:, ?(?:\d+|None|\?))*,?)[)\]]")
_ABOUT_SHAPES = re.compile(r"[Ss]hape|[Dd]imension|broadcast|size-incompatible|must match")
_BROADCAST = re.compile(r"[Ii]ncompatible shapes|broadcast")
_DTYPES = {"float": "float32", "double": "float64", "half": "float16"}

_SYMBOLIC = "While Keras builds a model or traces a `tf.function`, a tensor has a shape but no numbers yet"
_NO_PATH = (
    "The gradient is None: the tape recorded no path from the loss to this variable. Compute the forward pass and the "
    "loss inside `with tf.GradientTape()`, without NumPy."
)
_NO_SIZE = (
    "A size is None here: the batch size is unknown in graph mode. `keras.ops.shape(x)` or `tf.shape(x)` gives it at "
    "run time."
)
_NONE = r"(?:NoneType|None values|value \(None\)|invalid value None)"
_SUPER = "`super().__init__()` has not run: call it in the first line of `__init__`."
_KEYWORD = "Keras has no argument `{2}` here: check its spelling, and do not pass your own arguments in this call."

CAUSES: tuple[tuple[str, str], ...] = (
    # The first that is found in "type: message | the student's line" counts; {1} is the pattern's first group.
    (
        rf"{STAND_IN}|TypeError: \S*(?i:stand_?in)\S*\(\)",
        "The check replaces the other parts with small stand-ins. Use only the attributes, methods and arguments that "
        "the question names.",
    ),
    # --- classes of Keras's
    (r"forgot to call `?super\(\)\.__init__", _SUPER),
    (
        r"'(?!str|list|tuple|dict|function|method|type|int|float|None|\w*Tensor|generator)\w+' object has no attribute "
        r"'(?:_\w+|built|reduction|dtype|name)' *(?:\||$)",
        "Keras sets this attribute itself. " + _SUPER,
    ),
    (
        r"must call `?compile|has no attribute '(?:optimizer|loss_fn)' *(?:\||$)|not been compiled",
        "The model was not compiled. Your own `compile` must call `super().compile()` and pass its arguments on.",
    ),
    (
        r"does not have a `call(?:\(\))?` method",
        "Keras finds no `call` here: check that it is defined, and indented as a method.",
    ),
    (r"'Toutput_types' of 'OptionalFromValue'", "`train_step` returned nothing: return a dict of metric results."),
    (r"NotImplementedError: *(?:\||$)", "This part is not written yet: put your code there."),
    (r"AssertionError", "An `assert` in your code fails for the values tried."),
    (
        r"add new elements of state|singleton tf\.Variables|on a non-first call",
        "A layer or a weight is created while the model runs. Create it once, in `__init__` or `build`.",
    ),
    (
        r"optimizer cannot recognize variable|can only be called for the variables",
        "An optimizer accepts only the variables that it was first used with: give each network its own, and create a "
        "new one for new variables.",
    ),
    (
        r"non-persistent GradientTape",
        "A tape computes gradients only once: compute all of them in one call of `tape.gradient`.",
    ),
    (
        r"deserializing class '(\w+)'.*unexpected keyword argument '(\w+)'",
        "The config contains `{2}`, which `{1}.__init__` does not accept: accept `**kwargs`, and pass them to "
        "`super().__init__`.",
    ),
    (
        r"deserializing class '(\w+)'.*missing .*argument.*?: (.*?) *(?:\||$)",
        "`{1}` cannot be created from its config: `get_config` leaves out {2}.",
    ),
    (
        r"not JSON serializable|override `get_config|could not be deserialized",
        "`get_config` must return plain values: one for every argument of `__init__`, and those of "
        "`super().get_config()`.",
    ),
    # --- names and arguments
    (r"(?:Argument\(s\) not recognized|passed to (\w+)): \{'(\w+)", _KEYWORD),
    (r"(?:Trainer|Model)\.(\w+)\(\) got an unexpected keyword argument '(\w+)'", _KEYWORD),
    (
        r"Could not interpret|Unknown (?:layer|loss|optimizer|metric|activation|initializer)",
        "Keras does not know this name: check its spelling, or pass an object in place of a string.",
    ),
    (
        r"TypeError: got an unexpected keyword argument '(\w+)'",
        "`call` has no argument `{1}`: add it to its `def`, or leave it out of the call.",
    ),
    (
        r"TypeError: (\S+)\(\) got an unexpected keyword argument '(\w+)'",
        "`{1}` is called with `{2}=...`, which its `def` does not accept. Compare it with the signature in the "
        "question.",
    ),
    (
        r"TypeError: (\S+)\(\) missing \d+ required .*?arguments?: (.*?) *(?:\||$)",
        "`{1}` needs {2}, but the call does not pass it. Compare the `def` and the call with the question.",
    ),
    (
        r"TypeError: (\S+)\(\) takes (?:from )?(.*) positional arguments? but (\d+)",
        "`{1}` gets {3} arguments and takes {2}; in a method, `self` is one of them.",
    ),
    (r"(\S+)\(\) got multiple values for argument '(\w+)'", "`{1}` gets `{2}` twice: by position and by name."),
    (
        r"NameError: name '(\w+)'",
        "`{1}` has no value: check its spelling, and run the cell that defines it.",
    ),
    (
        r"UnboundLocalError: .*variable '(\w+)'",
        "`{1}` has no value yet on this path through the function: it is assigned in another branch, or further down.",
    ),
    (r"module 'keras\S*ops' has no attribute 'reduce_(\w+)'", "The names in `keras.ops` are NumPy's: `keras.ops.{1}`."),
    (
        r"module 'tensorflow\S*' has no attribute '(mean|sum|max|min|prod|any|all)'",
        "TensorFlow's name is `tf.reduce_{1}`; `{1}` is the name in NumPy and `keras.ops`.",
    ),
    (r"module '(\S+)' has no attribute '(\w+)'", "There is no `{1}.{2}`: look its name up in the documentation."),
    # --- None
    (rf"No gradients provided|{_NONE}.*\|.*grad", _NO_PATH),
    (
        rf"partially known TensorShape|convert elements of \(.*None|(?!.*NoneType' object){_NONE}.*\|.*\.shape\b",
        _NO_SIZE,
    ),
    (
        _NONE,
        "A value is None here. Usual reasons: a function without `return`, or a gradient that the tape did not record: "
        "it watches variables, other tensors need `tape.watch`.",
    ),
    (r"'ellipsis'|EllipsisType", "The `...` of the stub is still there: replace it with your code."),
    # --- symbolic tensors
    (
        r"KerasTensor cannot be used as input to a TensorFlow",
        _SYMBOLIC + ": use `keras.ops` or layers in place of `tf.`.",
    ),
    (
        r"symbolic.*(?i:numpy)|has no attribute 'numpy'|numpy\(\) is only",
        _SYMBOLIC + ": use `keras.ops` or layers in place of NumPy.",
    ),
    (r"[Ii]terating over a symbolic|Tensor' object cannot be interpreted", _SYMBOLIC + ": a `for` cannot run over it."),
    (
        r"symbolic.*bool",
        _SYMBOLIC + ": an `if` cannot decide on it. Use `keras.ops.where` or `keras.ops.cond`.",
    ),
    (
        r"(?:float|int)\(\) argument .*(?:Symbolic|Keras)Tensor",
        _SYMBOLIC + ": keep it as a tensor, without `float(...)` or `int(...)`.",
    ),
    (r"got the symbolic", "A symbolic tensor, which has no numbers, is used where a computed value is expected."),
    (
        r"values must be KerasTensors",
        "`keras.Model` needs tensors from `keras.Input`, and outputs of layers called on them.",
    ),
    (
        r"is not connected to `inputs`",
        "The output was not computed from these inputs: check the calls from `keras.Input` to the output.",
    ),
    # --- what is used as something else
    (r"got <function", "A function is used where a tensor is expected: call it, with `()`."),
    (
        r"[Tt]ruth value of an array|only (?:length-1|0-dimensional) arrays|only integer scalar|array of size 1",
        "Python needs a single number here, but gets several: reduce the tensor first, or use `keras.ops.where`.",
    ),
    (
        r"(?:too many values to unpack \(expected 2|not enough values to unpack \(expected 3).*= data\b",
        "`data` has two parts, or three if sample weights are given.",
    ),
    (
        r"(?:not enough|too many) values to unpack \(expected (\d+).*\|.*= [\w.]*\bshape\b(?:\([\w.]+\))?$",
        "This line unpacks exactly {1} sizes, and the tensor has another number of axes. `x.shape[:-1]` takes all "
        "sizes but the last, however many there are.",
    ),
    (
        r"not enough values to unpack \(expected (\d+), got (\d+)",
        "There are {1} names for {2} values: check what is returned or yielded.",
    ),
    (
        r"too many values to unpack \(expected (\d+)",
        "There are more values than the {1} names for them: check what is returned or yielded, and its first axis.",
    ),
    (
        r"cannot unpack non-iterable|Cannot iterate over a scalar|iteration over a 0-d|object is not iterable",
        "Several values are expected here, but there is only one: check what is returned or yielded.",
    ),
    (
        r"Tensor' object (?:does not support item assignment|has no attribute 'assign)",
        "A tensor cannot be changed in place: compute a new one, or use a `tf.Variable`.",
    ),
    (
        r"'(?:\w+\.)*(\w+)' object is not callable",
        "A value of type `{1}` is called like a function: its name may be in use for both.",
    ),
    (r"'(function|method)' object", "A {1} is used where its result is meant: call it."),
    (
        r"'str' and|and 'str'|concatenate str|of non-int of type 'str'",
        "A string is used where a number is needed: keep numbers as numbers, or convert with `float(...)`.",
    ),
    (r"'generator' object", "This is a generator: loop over it with `for`, or take one item with `next(...)`."),
    (
        r"unhashable",
        "A list, tensor or variable cannot be a dict key or an element of a set: use its position, or `id(...)`.",
    ),
    (
        r"(?:RecursionError|super\(type, obj\)).*\|.*super\((\w+), self\)",
        "`super({1}, self)` looks up `{1}` when it runs, and by then a later cell may have given this name to another "
        "class. Write `super()`.",
    ),
    (r"RecursionError", "A function calls itself without end."),
    (r"SystemExit", "`exit()` or `sys.exit()` ends the notebook: remove it."),
    (
        r"MemoryError|Unable to allocate|OOM when allocating|bad_alloc",
        "The memory is used up: an array is too large, or a list grows without end. Print the shape before this line.",
    ),
    (r"KeyError: '?(\w+)'? *(?:\||$)", "There is no key `{1}` here: print the keys."),
    (
        r"multiply sequence by non-int|for \S+ '(?:list|tuple)'|and '(?:list|tuple)'",
        "A list is not a tensor: compute with its elements.",
    ),
    (
        r"'float' object cannot be interpreted|not float|of dtype int32|positive integer",
        "An integer is needed here: use `//` in place of `/`, or `int(...)`.",
    ),
    # --- dtypes and shapes
    (
        r"expected to be an? (\w+) tensor but is an? (\w+)|has type (\w+) that does not match type (\w+)|"
        r"requested dtype (\w+) for Tensor with dtype (\w+)",
        "The dtypes differ, {dtypes}: convert one with `keras.ops.cast` or `tf.cast`.",
    ),
    (
        r"list of allowed values|Could not find device",
        "This operation does not accept this dtype: cast to float32 first.",
    ),
    (
        r"[Ii]nvalid reduction dimension|is out of bounds|must be in the range",
        "The tensor has fewer axes than this `axis` needs: print its shape.",
    ),
    (r"expects a vector of size (\d+)\..*of size (\d+)", "The permutation names {2} axes, but the tensor has {1}."),
    (r"to have rank (\d+) but got: (\d+)", "A tensor with {1} axes is needed here, but this one has {2}."),
    (
        r"requested shape|cannot reshape|evenly divisible",
        "A reshape keeps the number of elements: the sizes of both shapes must have the same product.",
    ),
    (r"\(size (\d+) is different from (\d+)\)", "The inner sizes of this matrix product differ: {1} and {2}."),
    (
        r"expected axis -1 .* value (\d+), but received input with shape (\([^)]*\))",
        "This layer was built for inputs whose last axis has size {1}, but gets the shape {2}. Check the shape that it "
        "was built with or first called on, and whether a layer before it is left out.",
    ),
    (
        r"expected shape=(\([^)]*\)), found shape=(\([^)]*\))",
        "This model takes inputs of shape {1}, but gets {2}. If your code fixes a size, take it from its arguments.",
    ),
    (
        r"expected (?:min_)?ndim=(\d+), found ndim=(\d+)",
        "The layer accepts tensors with {1} axes, but this one has {2}.",
    ),
    (
        r"No such layer: (\S+?)\.",
        "This model has no layer `{1}`. Check its spelling; if your function has an argument for the name, use that: "
        "the checks pass other models and other names.",
    ),
    (
        r"(?:Input shape axis 0 must equal (\d+), got shape \[(\d+)\]|Dimension must be (\d+) but is (\d+)).*unstack",
        "This line expects exactly {1}{3} values, but here there are {2}{4}. If they are the sizes of a tensor: "
        "`[:-1]` takes all but the last, however many there are.",
    ),
    (
        r"metric has not yet been built",
        "A compiled metric was never updated: call `update_state` of every metric in `self.metrics` in each step.",
    ),
    (r"inhomogeneous", "Parts of different lengths cannot become one array."),
)
_RULES = [(re.compile(pattern), text) for pattern, text in CAUSES]
_SEARCHED = 2000
"""Characters of a message in which a cause is looked for: some rules take quadratic time."""


def said(error: Mapping[str, str]) -> str:
    """What the error says, without what TensorFlow adds for its own developers."""
    return tidied(error["message"])


def tidied(message: str) -> str:
    """A message without what TensorFlow adds for its own developers."""
    return _NOISE.sub("", message).strip()


def cause(error: Mapping[str, str]) -> str:
    """The usual cause of an error, or "" where its message has to do."""
    message = said(error)[:_SEARCHED]
    line = error.get("where", "").partition(": ")[2]
    for pattern, text in _RULES:
        if found := pattern.search(f"{error['type']}: {message} | {line}"):
            groups = [part or "" for part in found.groups()]
            return text.format(None, *groups, dtypes=" and ".join(_DTYPES.get(it, it) for it in groups if it))
    return _of_shapes(message)


def _of_shapes(message: str) -> str:
    shapes = list(dict.fromkeys(f"({found[1]})" for found in _SHAPE.finditer(message)))
    if len(shapes) < 2 or not _ABOUT_SHAPES.search(message):
        return ""
    fit = f"The shapes {shapes[0]} and {shapes[1]} do not fit together: "
    if _BROADCAST.search(message) and (clash := _clash(*shapes[:2])):
        return fit + clash
    if "Matrix size-incompatible" in message:
        return fit + "in a matrix product, the last size of the first must be the last but one of the second."
    return fit + "print the shapes of the tensors that this line uses."


def _clash(one: str, other: str) -> str:
    """Where two shapes do not broadcast, in words."""
    first, second = (re.findall(r"\d+|None|\?", shape) for shape in (one, other))
    for axis, sizes in enumerate(zip(first[::-1], second[::-1], strict=False), 1):
        if len({*sizes}) == 2 and not {"1", "None", "?"} & {*sizes}:
            lacks = "" if len(first) == len(second) else " One of them may lack an axis: `x[:, None]` adds one."
            return f"from the last axis backward, the sizes {sizes[0]} and {sizes[1]} meet in axis -{axis}.{lacks}"
    return ""
