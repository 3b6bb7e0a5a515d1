<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
 <context>
  <name>Lodescope</name>
  <message>
   <source> and others</source>
   <translation> 等</translation>
  </message>
  <message>
   <source> and {} more</source>
   <translation> 等另外 {} 个</translation>
  </message>
  <message>
   <source> x {} levels from {:g} to {:g}</source>
   <translation> x {} 层，高程 {:g} 到 {:g}</translation>
  </message>
  <message>
   <source>'{}' could not be written ({}).</source>
   <translation>“{}”无法写入（{}）。</translation>
  </message>
  <message>
   <source>'{}' has no points in {} dimensions, so {}.</source>
   <translation>“{}”没有 {} 维的点，因此{}。</translation>
  </message>
  <message>
   <source>'{}' is a folder; give the result a file name.</source>
   <translation>“{}”是文件夹；请为结果指定文件名。</translation>
  </message>
  <message>
   <source>'{}' is for composites: give a composite length too, or leave it empty.</source>
   <translation>“{}”用于组合样：请同时给出组合样长度，或将其留空。</translation>
  </message>
  <message>
   <source>'{}' is no GeoTIFF; end the name of the result with .tif.</source>
   <translation>“{}”不是 GeoTIFF；结果的名称应以 .tif 结尾。</translation>
  </message>
  <message>
   <source>'{}' is none of the chosen fields</source>
   <translation>“{}”不是所选字段之一</translation>
  </message>
  <message>
   <source>'{}' is not a variogram file of Lodescope; choose a file made by 'Fit variogram' or leave it empty.</source>
   <translation>“{}”不是 Lodescope 的变异函数文件；请选择由“拟合变异函数”生成的文件，或将其留空。</translation>
  </message>
  <message>
   <source>'{}' is {:g}; give a number above zero.</source>
   <translation>“{}”为 {:g}；请给出大于零的数。</translation>
  </message>
  <message>
   <source>'{}' of '{}' is {}</source>
   <translation>“{}”（属于“{}”）改名为 {}</translation>
  </message>
  <message>
   <source>, cell size {:g}, {:,} cells</source>
   <translation>，单元大小 {:g}，{:,} 个单元</translation>
  </message>
  <message>
   <source>1 estimates the grade at the centre of each cell. 3 or 4 estimates the mean grade of the whole cell from that many points along each side; its variance is smaller.</source>
   <translation>1 估计每个单元中心的品位。3 或 4 用每边这么多个点估计整个单元的平均品位；其方差较小。</translation>
  </message>
  <message>
   <source>1 keeps gradients small, 2 keeps sources and sinks small.</source>
   <translation>1 使梯度保持较小，2 使源和汇保持较小。</translation>
  </message>
  <message>
   <source>1 value</source>
   <translation>1 个值</translation>
  </message>
  <message>
   <source>2 also tries sums of two models with a short and a long range.</source>
   <translation>2 还会尝试短变程与长变程两个模型之和。</translation>
  </message>
  <message>
   <source>2 works on the map and ignores elevations, 3 works in space, auto works in space when the samples have different elevations.</source>
   <translation>2 在平面上计算并忽略高程，3 在三维空间计算，auto 在样品高程不同时按三维计算。</translation>
  </message>
  <message>
   <source>4: cells that share a side form a target. 8: those that share a corner only do so too.</source>
   <translation>4：共边的单元构成一个靶区。8：仅共角的单元也算在内。</translation>
  </message>
  <message>
   <source>A band whose name ends in @z=LEVEL stands for those of all levels.</source>
   <translation>名称以 @z=LEVEL 结尾的波段代表所有层位的波段。</translation>
  </message>
  <message>
   <source>A cell is {:g} x {:g} x {} m.</source>
   <translation>单元为 {:g} x {:g} x {} 米。</translation>
  </message>
  <message>
   <source>A field or an expression that is true for deposits which the map was made without, such as "fold" = 3. Only these are used.</source>
   <translation>一个字段或表达式，对制图时未使用的矿床为真，例如 "fold" = 3。只使用这些矿床。</translation>
  </message>
  <message>
   <source>A graphics card where there is one</source>
   <translation>有显卡时用显卡</translation>
  </message>
  <message>
   <source>A known mean and a linear drift exclude each other: leave the mean empty or set the drift to none.</source>
   <translation>已知均值与线性漂移互相排斥：请将均值留空，或将漂移设为 none。</translation>
  </message>
  <message>
   <source>A layer of lines cannot be opened; remove it or choose another one.</source>
   <translation>有一个线图层无法打开；请移除它或选择另一个。</translation>
  </message>
  <message>
   <source>A model is given, but the parser is the dictionary, which uses none; leave the model empty or set the parser to auto.</source>
   <translation>给出了模型，但解析器是不使用模型的词典；请将模型留空，或将解析器设为 auto。</translation>
  </message>
  <message>
   <source>A model made by 'Train log parser'. Leave it empty for the one that comes with Lodescope.</source>
   <translation>由“训练编录解析器”生成的模型。留空则使用 Lodescope 自带的模型。</translation>
  </message>
  <message>
   <source>A place on the map; the report explains each factor of its cell. Leave it empty for the best cell.</source>
   <translation>地图上的一个位置；报告会解释其所在单元的每个因子。留空则取最佳单元。</translation>
  </message>
  <message>
   <source>A raster cannot be opened; remove it from the list or choose another one.</source>
   <translation>有一个栅格无法打开；请将其从列表中移除或选择另一个。</translation>
  </message>
  <message>
   <source>A recipe made earlier, applied to these layers as it is; nothing is fitted and steps are not used.</source>
   <translation>先前生成的配方，原样应用于这些图层；不再拟合，步骤设置也不起作用。</translation>
  </message>
  <message>
   <source>A second table of intervals at whose boundaries composites are broken.</source>
   <translation>第二个区间表，组合样在其边界处断开。</translation>
  </message>
  <message>
   <source>A sequential partition such as: La Ce / Yb Lu; La / Ce; Yb / Lu. Empty for pivot coordinates in the order of the fields.</source>
   <translation>逐级划分，例如：La Ce / Yb Lu; La / Ce; Yb / Lu。留空则按字段顺序取枢轴坐标。</translation>
  </message>
  <message>
   <source>A target or flat field cannot be brought into the CRS of the image; check the CRS of both.</source>
   <translation>靶标或平场无法转换到影像的坐标参考系；请检查二者的坐标参考系。</translation>
  </message>
  <message>
   <source>A variogram file to check on the samples instead of fitting one, for example one changed by hand.</source>
   <translation>用样品检验的变异函数文件，而不再拟合，例如手工修改过的文件。</translation>
  </message>
  <message>
   <source>A window of {:g} would be {} cells of {:g} wide, and at most {} are possible; choose a smaller window or larger cells.</source>
   <translation>{:g} 的窗口将宽 {} 个 {:g} 的单元，最多允许 {} 个；请选择更小的窗口或更大的单元。</translation>
  </message>
  <message>
   <source>AFG-PMS</source>
   <translation>AFG-PMS</translation>
  </message>
  <message>
   <source>AUC</source>
   <translation>AUC</translation>
  </message>
  <message>
   <source>AUC in a random split</source>
   <translation>随机划分的 AUC</translation>
  </message>
  <message>
   <source>AUC of held-out deposits</source>
   <translation>留出矿床的 AUC</translation>
  </message>
  <message>
   <source>AUC of held-out deposits, from scratch</source>
   <translation>从头训练时留出矿床的 AUC</translation>
  </message>
  <message>
   <source>AUC {:.3f}; {:.1%} of the deposits in the best 20 % of the area; normalised density {:.3g} at {:.4g}, where the prediction-area curves cross.</source>
   <translation>AUC {:.3f}；{:.1%} 的矿床位于最佳 20 % 面积内；归一化密度 {:.3g}，位于 {:.4g}，即预测-面积曲线的交点。</translation>
  </message>
  <message>
   <source>AVIRIS</source>
   <translation>AVIRIS</translation>
  </message>
  <message>
   <source>Accuracy at the cut against barren points</source>
   <translation>按阈值分类的准确率（相对于无矿点）</translation>
  </message>
  <message>
   <source>Accuracy at the cut over all cells</source>
   <translation>按阈值分类的准确率（全部单元）</translation>
  </message>
  <message>
   <source>Accuracy at the cut, deposits and background weighing the same</source>
   <translation>按阈值分类的准确率（矿床与背景等权）</translation>
  </message>
  <message>
   <source>Accuracy of TF-IDF</source>
   <translation>TF-IDF 的准确率</translation>
  </message>
  <message>
   <source>Accuracy of the dictionary</source>
   <translation>词典的准确率</translation>
  </message>
  <message>
   <source>Accuracy on holes not trained on</source>
   <translation>未参与训练的钻孔上的准确率</translation>
  </message>
  <message>
   <source>Accuracy on the training data (0 to 1)</source>
   <translation>训练数据上的准确率（0 到 1）</translation>
  </message>
  <message>
   <source>Across / along</source>
   <translation>横向 / 纵向</translation>
  </message>
  <message>
   <source>Add</source>
   <translation>添加</translation>
  </message>
  <message>
   <source>Add folder…</source>
   <translation>添加文件夹…</translation>
  </message>
  <message>
   <source>Add kriged residuals</source>
   <translation>加上克里金残差</translation>
  </message>
  <message>
   <source>Add the layer it is to be applied to.</source>
   <translation>请添加要应用该模型的图层。</translation>
  </message>
  <message>
   <source>Add to azimuths</source>
   <translation>加到方位角上</translation>
  </message>
  <message>
   <source>Address of a Dask scheduler; empty to compute on this machine</source>
   <translation>Dask 调度器的地址；留空则在本机计算</translation>
  </message>
  <message>
   <source>Adds a field such as La_N for each element.</source>
   <translation>为每个元素添加一个字段，例如 La_N。</translation>
  </message>
  <message>
   <source>Advanced parameters</source>
   <translation>高级参数</translation>
  </message>
  <message>
   <source>After each period the weight of every feature moves by what its permutation costs on held-out holes; features whose weight falls to 0 are switched off and named in the report. The preset 'default' then trains as 'joint'.</source>
   <translation>每个周期之后，各特征的权重按其置换在留出钻孔上造成的损失变动；权重降为 0 的特征被关闭，并列在报告中。此时预设“default”按“joint”训练。</translation>
  </message>
  <message>
   <source>All</source>
   <translation>全部</translation>
  </message>
  <message>
   <source>All directions</source>
   <translation>所有方向</translation>
  </message>
  <message>
   <source>All fields get the same ranges and the same share of nugget, each with its own variance; they are then solved at once, which is much quicker for many elements.</source>
   <translation>所有字段取相同的变程和块金占比，各有自己的方差；它们一次求解，元素很多时快得多。</translation>
  </message>
  <message>
   <source>All findings</source>
   <translation>全部发现</translation>
  </message>
  <message>
   <source>All trainings of the run end at the epoch that it has reached, and the model with the best weights is written</source>
   <translation>本次运行的所有训练在当前轮次结束，并写出权重最佳的模型</translation>
  </message>
  <message>
   <source>All {:,} deposits are used, as asked for; {:,} of them were used to train the model: the scores tell how well it fits.</source>
   <translation>按要求使用全部 {:,} 个矿床；其中 {:,} 个曾用于训练模型：得分反映的是模型的拟合程度。</translation>
  </message>
  <message>
   <source>All {:,} deposits of '{}' are used. Nothing here tells whether the map was made with them; if it was, the scores tell how well it fits, not how well it predicts.</source>
   <translation>使用全部 {:,} 个矿床（“{}”）。无从得知制图时是否用过它们；若用过，得分反映的是拟合程度而不是预测能力。</translation>
  </message>
  <message>
   <source>Alpha</source>
   <translation>Alpha</translation>
  </message>
  <message>
   <source>An elevation of the cell to explain was given without its place on the map; give both or none.</source>
   <translation>给出了待解释单元的高程，却没有给出其平面位置；请两者都给出，或都不给。</translation>
  </message>
  <message>
   <source>Anisotropy</source>
   <translation>各向异性</translation>
  </message>
  <message>
   <source>Another QGIS is making this environment just now: wait for its end.</source>
   <translation>另一个 QGIS 正在创建此环境：请等它结束。</translation>
  </message>
  <message>
   <source>Apply assay transform</source>
   <translation>应用化验变换</translation>
  </message>
  <message>
   <source>Apply this recipe</source>
   <translation>应用此配方</translation>
  </message>
  <message>
   <source>Apply…</source>
   <translation>应用…</translation>
  </message>
  <message>
   <source>Area of all targets (square metres)</source>
   <translation>全部靶区的面积（平方米）</translation>
  </message>
  <message>
   <source>Area of the result; its eastern and southern sides grow to whole cells. Leave it empty for the area of the samples and 5 % around.</source>
   <translation>结果的范围；其东边和南边会扩展到整数个单元。留空则取样品范围并外扩 5 %。</translation>
  </message>
  <message>
   <source>Area to drill</source>
   <translation>允许钻探的区域</translation>
  </message>
  <message>
   <source>Area under the ROC curve</source>
   <translation>ROC 曲线下面积</translation>
  </message>
  <message>
   <source>Area under the ROC curve against barren points</source>
   <translation>ROC 曲线下面积（相对于无矿点）</translation>
  </message>
  <message>
   <source>Area under the success-rate curve</source>
   <translation>成功率曲线下面积</translation>
  </message>
  <message>
   <source>As fitted</source>
   <translation>恢复拟合值</translation>
  </message>
  <message>
   <source>Ask the worker</source>
   <translation>询问工作进程</translation>
  </message>
  <message>
   <source>Assays</source>
   <translation>化验</translation>
  </message>
  <message>
   <source>Average precision</source>
   <translation>平均精度</translation>
  </message>
  <message>
   <source>Azimuth</source>
   <translation>方位角</translation>
  </message>
  <message>
   <source>Azimuth (collars)</source>
   <translation>方位角（孔口）</translation>
  </message>
  <message>
   <source>Azimuth (surveys)</source>
   <translation>方位角（测斜）</translation>
  </message>
  <message>
   <source>Azimuth of the major axis</source>
   <translation>主轴方位角</translation>
  </message>
  <message>
   <source>Azimuth {}°</source>
   <translation>方位角 {}°</translation>
  </message>
  <message>
   <source>Azimuths and dips out of range</source>
   <translation>超出范围的方位角和倾角</translation>
  </message>
  <message>
   <source>BNN</source>
   <translation>BNN</translation>
  </message>
  <message>
   <source>Background</source>
   <translation>背景</translation>
  </message>
  <message>
   <source>Background 'stratified' needs geological units; choose a geological map or a raster of classes.</source>
   <translation>背景“stratified”需要地质单元；请选择地质图或类别栅格。</translation>
  </message>
  <message>
   <source>Balances for ilr</source>
   <translation>ilr 的平衡</translation>
  </message>
  <message>
   <source>Band</source>
   <translation>波段</translation>
  </message>
  <message>
   <source>Band of the densities</source>
   <translation>密度所在波段</translation>
  </message>
  <message>
   <source>Band of the diffusivity raster</source>
   <translation>扩散率栅格的波段</translation>
  </message>
  <message>
   <source>Band of the metres</source>
   <translation>进尺所在波段</translation>
  </message>
  <message>
   <source>Band of the uncertainty</source>
   <translation>不确定性所在波段</translation>
  </message>
  <message>
   <source>Band with the values. Leave it empty for the probability, else the mean or the estimate, as the bands are named, else the first band.</source>
   <translation>含有数值的波段。留空则依次取按波段名识别的概率、均值或估计值，否则取第一个波段。</translation>
  </message>
  <message>
   <source>Bands per fit, an odd number. Narrow rare-earth lines want 5.</source>
   <translation>每次拟合的波段数，须为奇数。窄的稀土吸收线宜用 5。</translation>
  </message>
  <message>
   <source>Bands that the model does not use: {}.</source>
   <translation>模型未使用的波段：{}。</translation>
  </message>
  <message>
   <source>Bands used</source>
   <translation>使用的波段</translation>
  </message>
  <message>
   <source>Barren places</source>
   <translation>无矿位置</translation>
  </message>
  <message>
   <source>Barren points</source>
   <translation>无矿点</translation>
  </message>
  <message>
   <source>Basis of the lambda fit</source>
   <translation>lambda 拟合的基</translation>
  </message>
  <message>
   <source>Batch</source>
   <translation>批大小</translation>
  </message>
  <message>
   <source>Bayesian</source>
   <translation>贝叶斯</translation>
  </message>
  <message>
   <source>Bayesian optimisation</source>
   <translation>贝叶斯优化</translation>
  </message>
  <message>
   <source>Before values are summed for the rank they are lowered by so many standard deviations; 0 ranks by the plain sum.</source>
   <translation>排序求和之前，数值先减去这么多倍标准差；0 表示直接求和排序。</translation>
  </message>
  <message>
   <source>Below this depth, position, width and asymmetry are left empty, as they would be those of noise.</source>
   <translation>深度小于此值时，位置、宽度和不对称性留空，因为那只是噪声。</translation>
  </message>
  <message>
   <source>Bench height (m)</source>
   <translation>台阶高度（米）</translation>
  </message>
  <message>
   <source>Bends sharper than this, in degrees per 30 m, are reported.</source>
   <translation>弯曲大于此值（度/30 米）时予以报告。</translation>
  </message>
  <message>
   <source>Best cells</source>
   <translation>最佳单元</translation>
  </message>
  <message>
   <source>Best so far</source>
   <translation>迄今最佳</translation>
  </message>
  <message>
   <source>Beta</source>
   <translation>Beta</translation>
  </message>
  <message>
   <source>Between sparse holes the direction of a gradient is often unknown; 1 or 2 leaves such cells empty. 0 shows all.</source>
   <translation>在稀疏的钻孔之间，梯度方向往往未知；1 或 2 会将这些单元留空。0 全部显示。</translation>
  </message>
  <message>
   <source>Break composites at (field)</source>
   <translation>组合样断开依据（字段）</translation>
  </message>
  <message>
   <source>Break of the fractal curve</source>
   <translation>分形曲线的断点</translation>
  </message>
  <message>
   <source>Buffer around deposits</source>
   <translation>矿床周围的缓冲区</translation>
  </message>
  <message>
   <source>C-A</source>
   <translation>C-A</translation>
  </message>
  <message>
   <source>CNN</source>
   <translation>CNN</translation>
  </message>
  <message>
   <source>CRPS of ordinary kriging</source>
   <translation>普通克里金的 CRPS</translation>
  </message>
  <message>
   <source>CRPS of the best model</source>
   <translation>最佳模型的 CRPS</translation>
  </message>
  <message>
   <source>CRPS on held-out samples</source>
   <translation>留出样品的 CRPS</translation>
  </message>
  <message>
   <source>CRS</source>
   <translation>坐标参考系</translation>
  </message>
  <message>
   <source>CRS: QGIS does not know '{}'; choose one from the list.</source>
   <translation>坐标参考系：QGIS 不认识“{}”；请从列表中选择。</translation>
  </message>
  <message>
   <source>Cancel</source>
   <translation>取消</translation>
  </message>
  <message>
   <source>Cancelled; nothing was kept.</source>
   <translation>已取消；没有保留任何内容。</translation>
  </message>
  <message>
   <source>Cell size</source>
   <translation>单元大小</translation>
  </message>
  <message>
   <source>Cell to explain</source>
   <translation>待解释的单元</translation>
  </message>
  <message>
   <source>Cells</source>
   <translation>单元</translation>
  </message>
  <message>
   <source>Cells and samples with a prediction</source>
   <translation>有预测值的单元和样品</translation>
  </message>
  <message>
   <source>Cells by which windows are shifted at most in training, as places of deposits are not exact.</source>
   <translation>训练时窗口最多平移的单元数，因为矿床位置并不精确。</translation>
  </message>
  <message>
   <source>Cells outside what the model knows</source>
   <translation>超出模型认知范围的单元</translation>
  </message>
  <message>
   <source>Cells that count</source>
   <translation>计入的单元</translation>
  </message>
  <message>
   <source>Cells with a prediction</source>
   <translation>有预测值的单元</translation>
  </message>
  <message>
   <source>Cells with a score</source>
   <translation>有得分的单元</translation>
  </message>
  <message>
   <source>Centres of intervals or composites, placed by minimum curvature.</source>
   <translation>区间或组合样的中心，按最小曲率法定位。</translation>
  </message>
  <message>
   <source>Cerium anomaly</source>
   <translation>铈异常</translation>
  </message>
  <message>
   <source>Chance above the cut-off of the explained cell</source>
   <translation>被解释单元高于边界品位的概率</translation>
  </message>
  <message>
   <source>Chance that random points score as well</source>
   <translation>随机点得到同样得分的概率</translation>
  </message>
  <message>
   <source>Channels</source>
   <translation>通道数</translation>
  </message>
  <message>
   <source>Cheap assays, measurements and logs of the same interval, as numbers or as words such as rock types. They exist at samples only, so they need the use 'xrf_first'.</source>
   <translation>同一区间的廉价化验、测量和编录，可以是数字，也可以是岩石类型之类的文字。它们只存在于样品处，因此需要用途“xrf_first”。</translation>
  </message>
  <message>
   <source>Checking…</source>
   <translation>检验中…</translation>
  </message>
  <message>
   <source>Choose at least one model for the variogram.</source>
   <translation>请至少为变异函数选择一个模型。</translation>
  </message>
  <message>
   <source>Choose at least one quantity to map.</source>
   <translation>请至少选择一个要成图的量。</translation>
  </message>
  <message>
   <source>Choose samples and fit a variogram.</source>
   <translation>请选择样品并拟合变异函数。</translation>
  </message>
  <message>
   <source>Choose sites by</source>
   <translation>选点依据</translation>
  </message>
  <message>
   <source>Class</source>
   <translation>类别</translation>
  </message>
  <message>
   <source>Class limits</source>
   <translation>分级界限</translation>
  </message>
  <message>
   <source>Classes</source>
   <translation>类别</translation>
  </message>
  <message>
   <source>Classes that no sample has: {}.</source>
   <translation>没有样品的类别：{}。</translation>
  </message>
  <message>
   <source>Classes with fewer samples are taken together as 'other'.</source>
   <translation>样品数更少的类别合并为“other”。</translation>
  </message>
  <message>
   <source>Clean assays</source>
   <translation>清理后的化验</translation>
  </message>
  <message>
   <source>Click on a direction, or in the middle for all; the ellipse shows the ranges from above</source>
   <translation>点击某个方向，点击中央表示所有方向；椭圆表示俯视的变程</translation>
  </message>
  <message>
   <source>Code (code table)</source>
   <translation>代码（代码表）</translation>
  </message>
  <message>
   <source>Code table</source>
   <translation>代码表</translation>
  </message>
  <message>
   <source>Code table: choose its field with the codes and its field with what they stand for.</source>
   <translation>代码表：请选择代码字段和代码含义字段。</translation>
  </message>
  <message>
   <source>Collars</source>
   <translation>孔口</translation>
  </message>
  <message>
   <source>Collars: the layer has no CRS; its coordinates are taken as {}.</source>
   <translation>孔口：图层没有坐标参考系；其坐标按{}处理。</translation>
  </message>
  <message>
   <source>Commands</source>
   <translation>命令</translation>
  </message>
  <message>
   <source>Compare grade models</source>
   <translation>比较品位模型</translation>
  </message>
  <message>
   <source>Compare with a random split</source>
   <translation>与随机划分比较</translation>
  </message>
  <message>
   <source>Compare with baselines</source>
   <translation>与基准模型比较</translation>
  </message>
  <message>
   <source>Compare with ordinary kriging and a random split</source>
   <translation>与普通克里金和随机划分比较</translation>
  </message>
  <message>
   <source>Comparison report</source>
   <translation>比较报告</translation>
  </message>
  <message>
   <source>Components</source>
   <translation>主成分</translation>
  </message>
  <message>
   <source>Composite length</source>
   <translation>组合样长度</translation>
  </message>
  <message>
   <source>Composited fields got other names: {}.</source>
   <translation>组合后的字段改了名：{}。</translation>
  </message>
  <message>
   <source>Composites break at a field of the intervals or at a lithology log: choose one.</source>
   <translation>组合样可按区间表的字段断开，也可按岩性编录断开：请二者择一。</translation>
  </message>
  <message>
   <source>Composites break where it changes.</source>
   <translation>其值变化处断开组合样。</translation>
  </message>
  <message>
   <source>Composition by which patterns, ratios and anomalies are normalised; the help lists the sources.</source>
   <translation>配分模式、比值和异常据以标准化的成分；帮助中列出了来源。</translation>
  </message>
  <message>
   <source>Confidence</source>
   <translation>置信度</translation>
  </message>
  <message>
   <source>Confidence of the explained cell</source>
   <translation>被解释单元的置信度</translation>
  </message>
  <message>
   <source>Confidence that becomes 0</source>
   <translation>变为 0 的置信度</translation>
  </message>
  <message>
   <source>Confidence that becomes 1</source>
   <translation>变为 1 的置信度</translation>
  </message>
  <message>
   <source>Confidences are stretched from this value and the next to 0 and 1.</source>
   <translation>置信度从此值和下一个值拉伸到 0 和 1。</translation>
  </message>
  <message>
   <source>Connected cells</source>
   <translation>连通的单元</translation>
  </message>
  <message>
   <source>Continuous ranked probability score</source>
   <translation>连续分级概率评分</translation>
  </message>
  <message>
   <source>Continuum</source>
   <translation>连续统</translation>
  </message>
  <message>
   <source>Copy as Python</source>
   <translation>复制为 Python</translation>
  </message>
  <message>
   <source>Copy as qgis_process command</source>
   <translation>复制为 qgis_process 命令</translation>
  </message>
  <message>
   <source>Copy diagnostics</source>
   <translation>复制诊断信息</translation>
  </message>
  <message>
   <source>Correction</source>
   <translation>校正</translation>
  </message>
  <message>
   <source>Corrections such as: La = LA1; CeO2_pct = CER; Tm = (an empty right side leaves the element out). They overrule what is found by name.</source>
   <translation>更正，例如：La = LA1; CeO2_pct = CER; Tm =（右边为空表示不用该元素）。更正优先于按名称识别的结果。</translation>
  </message>
  <message>
   <source>Correlation range of the errors (m)</source>
   <translation>误差的相关范围（米）</translation>
  </message>
  <message>
   <source>Counts of every field (JSON)</source>
   <translation>各字段的计数（JSON）</translation>
  </message>
  <message>
   <source>Cross-entropy on the training data</source>
   <translation>训练数据上的交叉熵</translation>
  </message>
  <message>
   <source>Curves</source>
   <translation>曲线</translation>
  </message>
  <message>
   <source>Curves of loss and scores appear here while a model is trained.</source>
   <translation>训练模型时，损失和得分的曲线显示在这里。</translation>
  </message>
  <message>
   <source>Cut</source>
   <translation>阈值方式</translation>
  </message>
  <message>
   <source>Cut-off</source>
   <translation>边界品位</translation>
  </message>
  <message>
   <source>Cut-off grades</source>
   <translation>边界品位</translation>
  </message>
  <message>
   <source>Cut-off grades: '{}' is no target; write TARGET: 0.5, 1 with one of: {}.</source>
   <translation>边界品位：“{}”不是目标；请写成 目标: 0.5, 1，目标为下列之一：{}。</translation>
  </message>
  <message>
   <source>Cut-off grades: '{}' is not a number; write grades such as 0.5, 1.</source>
   <translation>边界品位：“{}”不是数字；请写品位，例如 0.5, 1。</translation>
  </message>
  <message>
   <source>Cut-offs</source>
   <translation>边界品位</translation>
  </message>
  <message>
   <source>Cut-offs: {:g} is not above zero; all material is in the table anyway, so give grades above zero.</source>
   <translation>边界品位：{:g} 不大于零；表中本来就包含全部物料，请给出大于零的品位。</translation>
  </message>
  <message>
   <source>Cut-offs: {} were given, at most 100 are possible.</source>
   <translation>边界品位：给出了 {} 个，最多允许 100 个。</translation>
  </message>
  <message>
   <source>Cut: {:.6g} ({}); {:,} targets on {:.3%} of the area.</source>
   <translation>阈值：{:.6g}（{}）；{:,} 个靶区，占面积 {:.3%}。</translation>
  </message>
  <message>
   <source>Dask scheduler</source>
   <translation>Dask 调度器</translation>
  </message>
  <message>
   <source>Date</source>
   <translation>日期</translation>
  </message>
  <message>
   <source>Decimal mark</source>
   <translation>小数点符号</translation>
  </message>
  <message>
   <source>Degrees added to every azimuth: magnetic declination (east positive) less grid convergence.</source>
   <translation>加到每个方位角上的度数：磁偏角（东为正）减去子午线收敛角。</translation>
  </message>
  <message>
   <source>Degrees clockwise from north.</source>
   <translation>从北顺时针的度数。</translation>
  </message>
  <message>
   <source>Degrees from the horizontal.</source>
   <translation>与水平面的夹角（度）。</translation>
  </message>
  <message>
   <source>Delineate targets</source>
   <translation>圈定靶区</translation>
  </message>
  <message>
   <source>Densities in tonnes per cubic metre.</source>
   <translation>密度，单位为吨/立方米。</translation>
  </message>
  <message>
   <source>Density</source>
   <translation>密度</translation>
  </message>
  <message>
   <source>Density (t/m³)</source>
   <translation>密度（吨/立方米）</translation>
  </message>
  <message>
   <source>Density raster</source>
   <translation>密度栅格</translation>
  </message>
  <message>
   <source>Deposits</source>
   <translation>矿床</translation>
  </message>
  <message>
   <source>Deposits and occurrences</source>
   <translation>矿床和矿点</translation>
  </message>
  <message>
   <source>Deposits left out: {:,} {}.</source>
   <translation>未用的矿床：{:,} 个{}。</translation>
  </message>
  <message>
   <source>Deposits that were held out</source>
   <translation>留出的矿床</translation>
  </message>
  <message>
   <source>Deposits used</source>
   <translation>使用的矿床</translation>
  </message>
  <message>
   <source>Deposits: '{}' is true for none of the {:,} deposits that are left; change it, or leave it empty.</source>
   <translation>矿床：“{}”对余下的 {:,} 个矿床都不成立；请修改，或留空。</translation>
  </message>
  <message>
   <source>Deposits: all {:,} were used to train the model, so that none is held out; choose deposits it did not see, evaluate the held-out map that training writes, or tick 'Use deposits of the training as well'.</source>
   <translation>矿床：全部 {:,} 个都曾用于训练模型，因此没有留出的矿床；请选择模型没有见过的矿床，评价训练时写出的留出图，或勾选“也使用训练用的矿床”。</translation>
  </message>
  <message>
   <source>Depth (surveys)</source>
   <translation>深度（测斜）</translation>
  </message>
  <message>
   <source>Depth at which the interval begins.</source>
   <translation>区间起始深度。</translation>
  </message>
  <message>
   <source>Depth at which the interval ends.</source>
   <translation>区间终止深度。</translation>
  </message>
  <message>
   <source>Depth field</source>
   <translation>深度字段</translation>
  </message>
  <message>
   <source>Depth of the hole (collars)</source>
   <translation>孔深（孔口）</translation>
  </message>
  <message>
   <source>Depth of the station down the hole.</source>
   <translation>测站的孔深。</translation>
  </message>
  <message>
   <source>Depth.</source>
   <translation>深度。</translation>
  </message>
  <message>
   <source>Depths are in {}; x, y and z of the result are in {}.</source>
   <translation>深度单位为{}；结果的 x、y、z 单位为{}。</translation>
  </message>
  <message>
   <source>Desurvey drill holes</source>
   <translation>计算钻孔轨迹</translation>
  </message>
  <message>
   <source>Detection limits of fields</source>
   <translation>各字段的检出限</translation>
  </message>
  <message>
   <source>Different logs</source>
   <translation>不同的编录</translation>
  </message>
  <message>
   <source>Diffusivity (raster or polygons)</source>
   <translation>扩散率（栅格或多边形）</translation>
  </message>
  <message>
   <source>Diffusivity field of the polygons</source>
   <translation>多边形的扩散率字段</translation>
  </message>
  <message>
   <source>Diffusivity to the north over that to the east</source>
   <translation>南北向与东西向扩散率之比</translation>
  </message>
  <message>
   <source>Diffusivity upwards over that to the east</source>
   <translation>垂向与东西向扩散率之比</translation>
  </message>
  <message>
   <source>Diffusivity: '{}' does not meet the grid; choose one of the same area.</source>
   <translation>扩散率：“{}”与网格不重叠；请选择同一区域的图层。</translation>
  </message>
  <message>
   <source>Diffusivity: '{}' has values down to {:g}, but a diffusivity is greater than zero; correct it.</source>
   <translation>扩散率：“{}”的值低至 {:g}，而扩散率应大于零；请更正。</translation>
  </message>
  <message>
   <source>Diffusivity: '{}' leaves {:.1%} of the cells without a value.</source>
   <translation>扩散率：“{}”使 {:.1%} 的单元没有值。</translation>
  </message>
  <message>
   <source>Dimensions</source>
   <translation>维数</translation>
  </message>
  <message>
   <source>Dip</source>
   <translation>倾角</translation>
  </message>
  <message>
   <source>Dip (collars)</source>
   <translation>倾角（孔口）</translation>
  </message>
  <message>
   <source>Dip (surveys)</source>
   <translation>倾角（测斜）</translation>
  </message>
  <message>
   <source>Dip at the collar, written like those of the surveys.</source>
   <translation>孔口处的倾角，写法与测斜相同。</translation>
  </message>
  <message>
   <source>Dip of the major axis</source>
   <translation>主轴倾角</translation>
  </message>
  <message>
   <source>Dips are written</source>
   <translation>倾角的写法</translation>
  </message>
  <message>
   <source>Direction</source>
   <translation>方向</translation>
  </message>
  <message>
   <source>Direction at the collar, for holes without survey and for surveys that begin deeper.</source>
   <translation>孔口处的方向，用于没有测斜的钻孔以及从较深处才开始的测斜。</translation>
  </message>
  <message>
   <source>Distance beyond which places tell nothing about each other, in the unit of the CRS; used without a variogram file, with a spherical model.</source>
   <translation>超过此距离的位置互不相关，单位与坐标参考系相同；没有变异函数文件时与球状模型一起使用。</translation>
  </message>
  <message>
   <source>Distance from deposits within which no background is drawn, for 'random' and 'stratified'. Leave it empty for a window.</source>
   <translation>对“random”和“stratified”，与矿床的距离小于此值处不取背景。留空则取一个窗口。</translation>
  </message>
  <message>
   <source>Distribution</source>
   <translation>分布</translation>
  </message>
  <message>
   <source>Divide values by</source>
   <translation>数值除以</translation>
  </message>
  <message>
   <source>Down the hole</source>
   <translation>沿钻孔</translation>
  </message>
  <message>
   <source>Drift</source>
   <translation>漂移</translation>
  </message>
  <message>
   <source>Drill hole field</source>
   <translation>钻孔字段</translation>
  </message>
  <message>
   <source>Drill holes</source>
   <translation>钻孔</translation>
  </message>
  <message>
   <source>Drill logs as fields</source>
   <translation>字段化的钻孔编录</translation>
  </message>
  <message>
   <source>Drill site report</source>
   <translation>孔位报告</translation>
  </message>
  <message>
   <source>Drill sites</source>
   <translation>建议孔位</translation>
  </message>
  <message>
   <source>Drill sites: {}</source>
   <translation>建议孔位：{}</translation>
  </message>
  <message>
   <source>Drill-hole samples</source>
   <translation>钻孔样品</translation>
  </message>
  <message>
   <source>Drill-hole traces</source>
   <translation>钻孔轨迹</translation>
  </message>
  <message>
   <source>Dropout</source>
   <translation>Dropout 比例</translation>
  </message>
  <message>
   <source>Duplicate collars</source>
   <translation>重复的孔口</translation>
  </message>
  <message>
   <source>E</source>
   <translation>东</translation>
  </message>
  <message>
   <source>E-type</source>
   <translation>E 型</translation>
  </message>
  <message>
   <source>EMIT</source>
   <translation>EMIT</translation>
  </message>
  <message>
   <source>ENVI .sli file with its header, or CSV file, whose spectra are compared with each pixel: spectral angle and fit of the features.</source>
   <translation>带头文件的 ENVI .sli 文件或 CSV 文件，其光谱与每个像元比较：光谱角和特征拟合。</translation>
  </message>
  <message>
   <source>Each cell is predicted by a model that saw neither its part of the map nor the deposits there.</source>
   <translation>每个单元由既没有见过该部分地图、也没有见过其中矿床的模型预测。</translation>
  </message>
  <message>
   <source>Each cell of this map was predicted by a model that did not see the deposits of its fold, so that all {:,} deposits count as held out.</source>
   <translation>图上每个单元由没有见过其所在折矿床的模型预测，因此全部 {:,} 个矿床都算留出。</translation>
  </message>
  <message>
   <source>Each unit is kriged from its own samples. Leave it empty to take polygons of the same diffusivity as one unit.</source>
   <translation>每个单元只用自己的样品做克里金。留空则把扩散率相同的多边形作为一个单元。</translation>
  </message>
  <message>
   <source>Easting</source>
   <translation>东坐标</translation>
  </message>
  <message>
   <source>Elements over which the polynomials are orthogonal: all but Eu as by O'Neill, or all.</source>
   <translation>多项式在其上正交的元素：按 O'Neill 取除 Eu 以外的全部，或取全部。</translation>
  </message>
  <message>
   <source>Elevation field</source>
   <translation>高程字段</translation>
  </message>
  <message>
   <source>Elevation field (collars)</source>
   <translation>高程字段（孔口）</translation>
  </message>
  <message>
   <source>Elevation of the cell to explain</source>
   <translation>待解释单元的高程</translation>
  </message>
  <message>
   <source>Elevation of the collars: {}.</source>
   <translation>孔口高程：{}。</translation>
  </message>
  <message>
   <source>Elevation of the ground, in any CRS; taken for collars that have no elevation in the field, and before the Z of the points.</source>
   <translation>地面高程，坐标参考系任意；用于字段中没有高程的孔口，优先于点的 Z 值。</translation>
  </message>
  <message>
   <source>Elevation raster</source>
   <translation>高程栅格</translation>
  </message>
  <message>
   <source>Elevations are not used, {}: the samples are 2-D.</source>
   <translation>不使用高程，{}：样品按二维处理。</translation>
  </message>
  <message>
   <source>Elevations of the levels of a result in space: numbers such as 100, 120, 140, or start:stop:step such as 100:200:20. Leave it empty for ten to twenty round elevations.</source>
   <translation>三维结果各层的高程：数字如 100, 120, 140，或 起:止:步长 如 100:200:20。留空则取十到二十个整数高程。</translation>
  </message>
  <message>
   <source>Empty: 1 for 'default', 2 otherwise.</source>
   <translation>留空：“default”为 1，其他为 2。</translation>
  </message>
  <message>
   <source>Empty: the environment that Lodescope made, or QGIS's own Python when it has the packages. The environment variable {} goes before all of them.</source>
   <translation>留空：使用 Lodescope 创建的环境，或者当 QGIS 自带的 Python 有所需包时使用它。环境变量 {} 优先于所有这些。</translation>
  </message>
  <message>
   <source>EnMAP</source>
   <translation>EnMAP</translation>
  </message>
  <message>
   <source>Engine</source>
   <translation>引擎</translation>
  </message>
  <message>
   <source>Epoch</source>
   <translation>轮次</translation>
  </message>
  <message>
   <source>Epochs</source>
   <translation>训练轮数</translation>
  </message>
  <message>
   <source>Epochs between two self-evaluations.</source>
   <translation>两次自评估之间的轮数。</translation>
  </message>
  <message>
   <source>Epochs without a better network after which training ends; 0 for never. Empty: 15 for 'afg-pms'.</source>
   <translation>连续这么多轮没有更好的网络则训练结束；0 表示从不。留空：“afg-pms”为 15。</translation>
  </message>
  <message>
   <source>Epochs without a better one on held-out windows after which a training ends; 0 for never.</source>
   <translation>在留出窗口上连续这么多轮没有改进则训练结束；0 表示从不。</translation>
  </message>
  <message>
   <source>Error with memory over that without (%)</source>
   <translation>有记忆与无记忆的误差之比（%）</translation>
  </message>
  <message>
   <source>Errors of the networks at drill holes they did not learn from are kriged and added near those holes, as much of them as helps. preset: no for 'afg-pms'.</source>
   <translation>对网络未学习过的钻孔处的误差做克里金，并在这些钻孔附近加上有益的部分。preset：对“afg-pms”为否。</translation>
  </message>
  <message>
   <source>Errors of the networks at drill holes they did not learn from, and the grades themselves, are kriged and joined with the networks, as far as that helps. preset: yes for 'default'. It needs an ensemble.</source>
   <translation>对网络未学习过的钻孔处的误差以及品位本身做克里金，并在有益的范围内与网络结合。preset：对“default”为是。需要集成。</translation>
  </message>
  <message>
   <source>Estimates and variances</source>
   <translation>估计值和方差</translation>
  </message>
  <message>
   <source>Evaluate prospectivity</source>
   <translation>评价找矿远景</translation>
  </message>
  <message>
   <source>Evaluation report</source>
   <translation>评价报告</translation>
  </message>
  <message>
   <source>Every field takes the variances of the file as they are. Otherwise fields that the file does not name get variances in proportion to their samples.</source>
   <translation>每个字段按文件中的方差原样使用。否则文件没有命名的字段按其样品取相应比例的方差。</translation>
  </message>
  <message>
   <source>Everything: with neural networks (PyTorch)</source>
   <translation>全部：含神经网络（PyTorch）</translation>
  </message>
  <message>
   <source>Evidence</source>
   <translation>证据</translation>
  </message>
  <message>
   <source>Evidence of classes</source>
   <translation>类别证据</translation>
  </message>
  <message>
   <source>Evidence rasters</source>
   <translation>证据栅格</translation>
  </message>
  <message>
   <source>Evidence: {} bands, {:.0f} MB on the disk, read from there while it is needed.</source>
   <translation>证据：{} 个波段，磁盘上 {:.0f} MB，需要时从磁盘读取。</translation>
  </message>
  <message>
   <source>Excluded areas</source>
   <translation>排除区域</translation>
  </message>
  <message>
   <source>Existing holes</source>
   <translation>已有钻孔</translation>
  </message>
  <message>
   <source>Expected improvement needs to know how uncertain the raster '{}' is; choose a raster of standard deviations under 'Uncertainty', or variance_per_metre.</source>
   <translation>期望改进需要知道栅格“{}”的不确定性；请在“不确定性”中选择标准差栅格，或选 variance_per_metre。</translation>
  </message>
  <message>
   <source>Expected improvement of the best site</source>
   <translation>最佳孔位的期望改进</translation>
  </message>
  <message>
   <source>Experimental variograms</source>
   <translation>实验变异函数</translation>
  </message>
  <message>
   <source>Export the model</source>
   <translation>导出模型</translation>
  </message>
  <message>
   <source>Export…</source>
   <translation>导出…</translation>
  </message>
  <message>
   <source>Extent</source>
   <translation>范围</translation>
  </message>
  <message>
   <source>Factor for values above range</source>
   <translation>超量程值的系数</translation>
  </message>
  <message>
   <source>Faster, and safer with very few rows; words that the weights do not know stay unknown to them.</source>
   <translation>更快，样本行很少时也更稳妥；权重不认识的词仍不认识。</translation>
  </message>
  <message>
   <source>Faults and breccias</source>
   <translation>断层和角砾岩</translation>
  </message>
  <message>
   <source>Faults, dykes, contacts: each layer makes a feature with the distance on the map to its nearest line. Of polygons the boundaries count.</source>
   <translation>断层、岩脉、接触带：每个图层生成一个特征，即平面上到最近的线的距离。多边形取其边界。</translation>
  </message>
  <message>
   <source>Feature raster</source>
   <translation>特征栅格</translation>
  </message>
  <message>
   <source>Features</source>
   <translation>特征</translation>
  </message>
  <message>
   <source>Features at the samples</source>
   <translation>样品处的特征</translation>
  </message>
  <message>
   <source>Features fused by Lodescope {} from {} samples: {}.</source>
   <translation>由 Lodescope {} 用 {} 个样品融合的特征：{}。</translation>
  </message>
  <message>
   <source>Features on the map</source>
   <translation>图上的特征</translation>
  </message>
  <message>
   <source>Features that were switched off</source>
   <translation>被关闭的特征</translation>
  </message>
  <message>
   <source>Features used</source>
   <translation>使用的特征</translation>
  </message>
  <message>
   <source>Features: choose at least one field that is known where grades are to be predicted, or give the recipe of the features.</source>
   <translation>特征：请至少选择一个在待预测处也已知的字段，或给出特征的配方。</translation>
  </message>
  <message>
   <source>Field</source>
   <translation>字段</translation>
  </message>
  <message>
   <source>Field by which the report splits the samples, such as lithology.</source>
   <translation>报告据以划分样品的字段，例如岩性。</translation>
  </message>
  <message>
   <source>Field of the code table.</source>
   <translation>代码表的字段。</translation>
  </message>
  <message>
   <source>Field of the intervals, such as lithology: a new composite begins wherever it changes.</source>
   <translation>区间表的字段，例如岩性：其值变化处开始新的组合样。</translation>
  </message>
  <message>
   <source>Field of the intervals: composites are weighted by length times density.</source>
   <translation>区间表的字段：组合样按长度乘以密度加权。</translation>
  </message>
  <message>
   <source>Field of the samples with elevations. Leave it empty when the points have elevations themselves, or for the field of the training.</source>
   <translation>样品的高程字段。当点本身带有高程，或使用训练时的字段时留空。</translation>
  </message>
  <message>
   <source>Field of the samples with the depth along the hole, as in the training. Leave it empty to order samples by their distance from the top of the hole.</source>
   <translation>样品的孔深字段，与训练时相同。留空则按到孔口的距离排列样品。</translation>
  </message>
  <message>
   <source>Field of the samples with the name of the drill hole. Without it each sample is read alone, and nothing is known of the intervals around it.</source>
   <translation>样品的钻孔名字段。没有它则单独读取每个样品，对其上下的区间一无所知。</translation>
  </message>
  <message>
   <source>Field with the company's code of the rock. It is weighed with the text.</source>
   <translation>含有公司岩石代码的字段，与文字一起衡量。</translation>
  </message>
  <message>
   <source>Field with the depth along the hole, such as that of the middle of the interval, which orders the samples of a hole. Leave it empty to order them by their distance from the top of the hole.</source>
   <translation>孔深字段，例如区间中点的深度，用来排列一个钻孔的样品。留空则按到孔口的距离排列。</translation>
  </message>
  <message>
   <source>Field with the elevation of each sample. Leave it empty when the points have elevations themselves or when the samples are on a map only.</source>
   <translation>每个样品的高程字段。当点本身带有高程，或样品只在平面上时留空。</translation>
  </message>
  <message>
   <source>Field with the elevation. Leave it empty to take it from the elevation raster, or from the Z of the points.</source>
   <translation>高程字段。留空则取自高程栅格或点的 Z 值。</translation>
  </message>
  <message>
   <source>Field with the length of the hole as drilled, in the unit of depths. With it, intervals past the end are found.</source>
   <translation>实际孔深字段，单位与深度相同。有了它就能发现超出孔底的区间。</translation>
  </message>
  <message>
   <source>Field with the logger's description.</source>
   <translation>编录员描述的字段。</translation>
  </message>
  <message>
   <source>Field with the logger's description; it may hold codes only.</source>
   <translation>编录员描述的字段；可以只含代码。</translation>
  </message>
  <message>
   <source>Field with the name of the drill hole. A feature at a sample never uses samples of its own hole.</source>
   <translation>钻孔名字段。样品处的特征从不使用本孔的样品。</translation>
  </message>
  <message>
   <source>Field with the name of the drill hole. Samples of one hole are kept together when results are checked, so that the scores are honest.</source>
   <translation>钻孔名字段。检验结果时，同一钻孔的样品放在一起，使得分真实可信。</translation>
  </message>
  <message>
   <source>Field with the name of the drill hole. The model is checked on whole holes that training never saw; without it the scores flatter.</source>
   <translation>钻孔名字段。模型用训练从未见过的整个钻孔检验；没有它得分会偏高。</translation>
  </message>
  <message>
   <source>Field with the name of the drill hole; samples of one hole never stand on both sides of a test.</source>
   <translation>钻孔名字段；同一钻孔的样品绝不会同时出现在检验的两侧。</translation>
  </message>
  <message>
   <source>Field with the name of the hole.</source>
   <translation>钻孔名字段。</translation>
  </message>
  <message>
   <source>Field with the names of the polygons</source>
   <translation>多边形名称字段</translation>
  </message>
  <message>
   <source>Field with the type of each deposit; held-out scores are told for each type.</source>
   <translation>每个矿床的类型字段；留出得分按类型给出。</translation>
  </message>
  <message>
   <source>Field with the unit of each polygon.</source>
   <translation>每个多边形的单元字段。</translation>
  </message>
  <message>
   <source>Field with your own class of the rock, by any names or codes. Rows without one are left out.</source>
   <translation>含有您自己的岩石分类的字段，名称或代码均可。没有分类的行不使用。</translation>
  </message>
  <message>
   <source>Field {} of {}</source>
   <translation>第 {} 个字段，共 {} 个</translation>
  </message>
  <message>
   <source>Fields</source>
   <translation>字段</translation>
  </message>
  <message>
   <source>Fields among which La to Lu and Y are looked for by name. Leave it empty to look among all fields.</source>
   <translation>按名称在其中查找 La 到 Lu 及 Y 的字段。留空则在所有字段中查找。</translation>
  </message>
  <message>
   <source>Fields by element (JSON)</source>
   <translation>各元素的字段（JSON）</translation>
  </message>
  <message>
   <source>Fields by hand</source>
   <translation>手工指定的字段</translation>
  </message>
  <message>
   <source>Fields known at the samples</source>
   <translation>样品处已知的字段</translation>
  </message>
  <message>
   <source>Fields to composite</source>
   <translation>要组合的字段</translation>
  </message>
  <message>
   <source>Fields to estimate</source>
   <translation>要估计的字段</translation>
  </message>
  <message>
   <source>Fields to krige here</source>
   <translation>在此做克里金的字段</translation>
  </message>
  <message>
   <source>Fields with assays</source>
   <translation>化验字段</translation>
  </message>
  <message>
   <source>File</source>
   <translation>文件</translation>
  </message>
  <message>
   <source>File made by 'Fit variogram', which tells how the errors are correlated and how much of them is noise.</source>
   <translation>由“拟合变异函数”生成的文件，说明误差如何相关以及其中噪声占多少。</translation>
  </message>
  <message>
   <source>File made by 'Fit variogram'. Leave it empty to fit a variogram to the samples now.</source>
   <translation>由“拟合变异函数”生成的文件。留空则现在用样品拟合变异函数。</translation>
  </message>
  <message>
   <source>File made by 'Prepare assays'.</source>
   <translation>由“整理化验数据”生成的文件。</translation>
  </message>
  <message>
   <source>File made by the training.</source>
   <translation>训练生成的文件。</translation>
  </message>
  <message>
   <source>Fit</source>
   <translation>拟合</translation>
  </message>
  <message>
   <source>Fit one correlogram for all fields</source>
   <translation>为所有字段拟合一个相关函数</translation>
  </message>
  <message>
   <source>Fit variogram</source>
   <translation>拟合变异函数</translation>
  </message>
  <message>
   <source>Flat field</source>
   <translation>平场</translation>
  </message>
  <message>
   <source>Flux gradient</source>
   <translation>通量梯度</translation>
  </message>
  <message>
   <source>Flux gradients</source>
   <translation>通量梯度</translation>
  </message>
  <message>
   <source>Folder for the sample project</source>
   <translation>示例工程的文件夹</translation>
  </message>
  <message>
   <source>Folder of models</source>
   <translation>模型文件夹</translation>
  </message>
  <message>
   <source>Folder of wheels</source>
   <translation>wheel 包文件夹</translation>
  </message>
  <message>
   <source>Folders of models</source>
   <translation>模型文件夹</translation>
  </message>
  <message>
   <source>Folds</source>
   <translation>折数</translation>
  </message>
  <message>
   <source>For the empirical line: ENVI .sli or CSV file with the reflectance of the targets.</source>
   <translation>用于经验线法：含有靶标反射率的 ENVI .sli 或 CSV 文件。</translation>
  </message>
  <message>
   <source>For the empirical line: field with the name of the spectrum of each target.</source>
   <translation>用于经验线法：含有每个靶标光谱名称的字段。</translation>
  </message>
  <message>
   <source>For the empirical line: points on targets of known reflectance.</source>
   <translation>用于经验线法：位于已知反射率靶标上的点。</translation>
  </message>
  <message>
   <source>For the flat field: polygons on bright, even ground.</source>
   <translation>用于平场法：亮而均匀的地面上的多边形。</translation>
  </message>
  <message>
   <source>For validation by blocks, in the unit of the CRS. Leave it empty for a fifth of the longer side of the area.</source>
   <translation>用于分块验证，单位与坐标参考系相同。留空则取区域长边的五分之一。</translation>
  </message>
  <message>
   <source>For words such as n.d. and for zeros: FIELD=VALUE; FIELD=VALUE. Where it is empty the limit is taken from the field, and the log says which.</source>
   <translation>用于 n.d. 之类的文字和零值：字段=值; 字段=值。留空处从该字段推断检出限，并记录在日志中。</translation>
  </message>
  <message>
   <source>Form</source>
   <translation>形式</translation>
  </message>
  <message>
   <source>Forward: with the raw assays, under the names of the model. Inverse: with the transformed fields.</source>
   <translation>正变换：使用原始化验，字段名与模型相同。反变换：使用变换后的字段。</translation>
  </message>
  <message>
   <source>From</source>
   <translation>自</translation>
  </message>
  <message>
   <source>From (log)</source>
   <translation>自（编录）</translation>
  </message>
  <message>
   <source>Fuse features</source>
   <translation>融合特征</translation>
  </message>
  <message>
   <source>Fused features</source>
   <translation>融合的特征</translation>
  </message>
  <message>
   <source>Fusion</source>
   <translation>融合</translation>
  </message>
  <message>
   <source>Fusion report</source>
   <translation>融合报告</translation>
  </message>
  <message>
   <source>Gain G</source>
   <translation>增益 G</translation>
  </message>
  <message>
   <source>Gamma</source>
   <translation>Gamma</translation>
  </message>
  <message>
   <source>Gaps</source>
   <translation>缺失</translation>
  </message>
  <message>
   <source>Geochemical maps, geophysics, distances to faults and the like: all bands, whatever their grids and CRS. Finer ones are averaged, others interpolated.</source>
   <translation>地球化学图、地球物理、到断层的距离等：使用所有波段，网格和坐标参考系不限。较细的取平均，其他的内插。</translation>
  </message>
  <message>
   <source>Geochemistry</source>
   <translation>地球化学</translation>
  </message>
  <message>
   <source>Geological map</source>
   <translation>地质图</translation>
  </message>
  <message>
   <source>Geology</source>
   <translation>地质图</translation>
  </message>
  <message>
   <source>Geology: no sample lies on a polygon of '{}'; check its CRS or leave it out.</source>
   <translation>地质图：没有样品落在“{}”的多边形上；请检查其坐标参考系，或不使用它。</translation>
  </message>
  <message>
   <source>Geophysics, spectral features, elevation and the like: all bands, whatever their grids and CRS. Finer ones are averaged, others interpolated.</source>
   <translation>地球物理、光谱特征、高程等：使用所有波段，网格和坐标参考系不限。较细的取平均，其他的内插。</translation>
  </message>
  <message>
   <source>Geostatistics</source>
   <translation>地质统计</translation>
  </message>
  <message>
   <source>Goes with: {}</source>
   <translation>适用于：{}</translation>
  </message>
  <message>
   <source>Grade</source>
   <translation>品位</translation>
  </message>
  <message>
   <source>Grade above which a cell is worth something, in the unit of the field. Leave it empty for the lowest cut-off whose probability the raster holds.</source>
   <translation>高于此品位的单元才有价值，单位与字段相同。留空则取栅格中带有概率的最低边界品位。</translation>
  </message>
  <message>
   <source>Grade and tonnage</source>
   <translation>品位与吨位</translation>
  </message>
  <message>
   <source>Grade and tonnage report</source>
   <translation>品位与吨位报告</translation>
  </message>
  <message>
   <source>Grade and tonnage table</source>
   <translation>品位与吨位表</translation>
  </message>
  <message>
   <source>Grades predicted by Lodescope {} with a model of {} samples. Do not trust cells with outside = 1.</source>
   <translation>由 Lodescope {} 用 {} 个样品的模型预测的品位。请勿信任 outside = 1 的单元。</translation>
  </message>
  <message>
   <source>Grades such as 0.5, 1 that part poor from productive samples; two or more are the classes of grade as well. Leave it empty for the upper quartile of the grades.</source>
   <translation>区分贫样与富样的品位，例如 0.5, 1；两个或更多同时作为品位分级。留空则取品位的上四分位数。</translation>
  </message>
  <message>
   <source>Grades such as 0.5, 1, 2 in the unit of the field. Leave it empty for round numbers that suit the grades.</source>
   <translation>品位，例如 0.5, 1, 2，单位与字段相同。留空则取适合品位范围的整数值。</translation>
  </message>
  <message>
   <source>Grades such as 0.5, 1, 2 in the units of the field. Leave it empty for the deciles of the samples and, with many samples, the 95, 97.5 and 99 per cent quantiles.</source>
   <translation>品位，例如 0.5, 1, 2，单位与字段相同。留空则取样品的十分位数；样品很多时再加 95、97.5 和 99 % 分位数。</translation>
  </message>
  <message>
   <source>Grades that are to be predicted. They are never features themselves; what samples of other holes say about them is. Samples without a grade are kept.</source>
   <translation>要预测的品位。它们本身绝不作为特征；其他钻孔的样品对它们的信息则可以。没有品位的样品也保留。</translation>
  </message>
  <message>
   <source>Grades to be predicted, one to fifteen. Samples without a grade teach the other targets.</source>
   <translation>要预测的品位，一到十五个。没有某个品位的样品仍可用来学习其他目标。</translation>
  </message>
  <message>
   <source>Grades to be predicted, one to fifteen. Samples without a grade teach the other targets. Leave it empty to take the fields of La, Ce, Pr, Nd, Sm, Eu, Gd, Tb, Dy, Ho, Er, Tm, Yb, Lu and Y, which are found by their names.</source>
   <translation>要预测的品位，一到十五个。没有某个品位的样品仍可用来学习其他目标。留空则取 La、Ce、Pr、Nd、Sm、Eu、Gd、Tb、Dy、Ho、Er、Tm、Yb、Lu 和 Y 的字段，按名称识别。</translation>
  </message>
  <message>
   <source>Grades whose chance of being exceeded is predicted, such as 0.5, 1. With several targets TREO: 0.5, 1; La: 0.1.</source>
   <translation>要预测超过概率的品位，例如 0.5, 1。有多个目标时写 TREO: 0.5, 1; La: 0.1。</translation>
  </message>
  <message>
   <source>Grades whose chance of being exceeded is wanted, such as 0.5, 1. Leave it empty for those of the training.</source>
   <translation>想知道超过概率的品位，例如 0.5, 1。留空则取训练时的品位。</translation>
  </message>
  <message>
   <source>Gradients at samples: {}</source>
   <translation>样品处的梯度：{}</translation>
  </message>
  <message>
   <source>Grid: {:,} columns x {:,} rows</source>
   <translation>网格：{:,} 列 x {:,} 行</translation>
  </message>
  <message>
   <source>Group field</source>
   <translation>分组字段</translation>
  </message>
  <message>
   <source>HTML files (*.html)</source>
   <translation>HTML 文件 (*.html)</translation>
  </message>
  <message>
   <source>Height of a cell; needed for a raster with one level. Leave it empty in space for the distance between levels, half of it to each side.</source>
   <translation>单元的高度；只有一层的栅格必须给出。三维时留空则取层间距离，每层上下各一半。</translation>
  </message>
  <message>
   <source>Held-out deposits</source>
   <translation>留出的矿床</translation>
  </message>
  <message>
   <source>Held-out deposits in 10 % of the area (0 to 1)</source>
   <translation>占面积 10 % 的范围内的留出矿床（0 到 1）</translation>
  </message>
  <message>
   <source>Held-out deposits in 20 % of the area (0 to 1)</source>
   <translation>占面积 20 % 的范围内的留出矿床（0 到 1）</translation>
  </message>
  <message>
   <source>Held-out deposits in 5 % of the area (0 to 1)</source>
   <translation>占面积 5 % 的范围内的留出矿床（0 到 1）</translation>
  </message>
  <message>
   <source>Held-out predictions</source>
   <translation>留出预测</translation>
  </message>
  <message>
   <source>Held-out prospectivity</source>
   <translation>留出的找矿远景</translation>
  </message>
  <message>
   <source>Hidden bands (%)</source>
   <translation>隐藏的波段（%）</translation>
  </message>
  <message>
   <source>Hidden cells (%)</source>
   <translation>隐藏的单元（%）</translation>
  </message>
  <message>
   <source>Hidden layers</source>
   <translation>隐藏层</translation>
  </message>
  <message>
   <source>Hidden layers: write numbers of units from 1 to 4096, such as 64, 64, 64.</source>
   <translation>隐藏层：请写 1 到 4096 的单元数，例如 64, 64, 64。</translation>
  </message>
  <message>
   <source>Hide gradients below this many standard deviations</source>
   <translation>隐去小于这么多倍标准差的梯度</translation>
  </message>
  <message>
   <source>High end of its 95 % interval</source>
   <translation>其 95 % 区间的上端</translation>
  </message>
  <message>
   <source>Highest rate of Adam. Empty: 0.0015.</source>
   <translation>Adam 的最高学习率。留空：0.0015。</translation>
  </message>
  <message>
   <source>Highest rate of AdamW.</source>
   <translation>AdamW 的最高学习率。</translation>
  </message>
  <message>
   <source>Highest rate. Empty: 0.0015, and 0.001 for 'afg-pms'.</source>
   <translation>最高学习率。留空：0.0015，“afg-pms”为 0.001。</translation>
  </message>
  <message>
   <source>Highest score</source>
   <translation>最高得分</translation>
  </message>
  <message>
   <source>Hole (collars)</source>
   <translation>钻孔（孔口）</translation>
  </message>
  <message>
   <source>Hole (intervals)</source>
   <translation>钻孔（区间）</translation>
  </message>
  <message>
   <source>Hole (log)</source>
   <translation>钻孔（编录）</translation>
  </message>
  <message>
   <source>Hole (surveys)</source>
   <translation>钻孔（测斜）</translation>
  </message>
  <message>
   <source>Holes</source>
   <translation>钻孔数</translation>
  </message>
  <message>
   <source>Holes in one table only</source>
   <translation>仅出现在一个表中的钻孔</translation>
  </message>
  <message>
   <source>Holes per step. Empty: 16.</source>
   <translation>每步的钻孔数。留空：16。</translation>
  </message>
  <message>
   <source>Holes taken as vertical</source>
   <translation>按垂直处理的钻孔</translation>
  </message>
  <message>
   <source>How easily the element spreads, in any unit: a raster, or geological polygons with a field. Leave it empty for 1 everywhere.</source>
   <translation>元素扩散的难易程度，单位任意：栅格，或带字段的地质多边形。留空则处处为 1。</translation>
  </message>
  <message>
   <source>How far neighbouring cells err alike: 0 for not at all. Leave it empty for the variogram file, or without one for a fifth of the longer side of the raster. The longer, the wider the intervals.</source>
   <translation>相邻单元的误差在多远范围内相似：0 表示毫不相关。留空则取自变异函数文件，没有文件则取栅格长边的五分之一。范围越大，区间越宽。</translation>
  </message>
  <message>
   <source>How far the targets 0 and 1 are drawn together, so that few deposits are not learned by heart.</source>
   <translation>目标值 0 和 1 互相靠拢的程度，以免死记少数几个矿床。</translation>
  </message>
  <message>
   <source>How fast weights follow: w + alpha (RMSE permuted - RMSE intact), in standard deviations of the target.</source>
   <translation>权重跟随的快慢：w + alpha（置换后的 RMSE - 原 RMSE），以目标的标准差计。</translation>
  </message>
  <message>
   <source>How grades above the highest cut-off are spread: evenly up to the highest sample (linear), or crowded near the cut-off with a long tail up to it (hyperbolic) for very skewed grades.</source>
   <translation>最高边界品位以上的品位如何分布：均匀分布到最高样品（linear），或者对很偏的品位集中在边界附近并有一条长尾（hyperbolic）。</translation>
  </message>
  <message>
   <source>How many principal components to add; 0 for none. Leave it empty to let cross-validation choose.</source>
   <translation>要加入的主成分数；0 表示不加。留空则由交叉验证选择。</translation>
  </message>
  <message>
   <source>How many sites to suggest, best first.</source>
   <translation>建议多少个孔位，按优劣排列。</translation>
  </message>
  <message>
   <source>How places are related: a file made by 'Fit variogram'. Leave it empty to take the range typed below, the variogram with which the map was kriged, or else one fitted to the map.</source>
   <translation>各位置如何相关：由“拟合变异函数”生成的文件。留空则依次取下面输入的变程、制图克里金所用的变异函数，或由该图拟合的变异函数。</translation>
  </message>
  <message>
   <source>How skewed grades are made more symmetric before the estimate; results are turned back without bias. auto takes the transform of the variogram file, or chooses by their skewness (none with a linear drift).</source>
   <translation>估计之前如何使偏态的品位更对称；结果无偏地变回原尺度。auto 取变异函数文件的变换，或按偏度选择（有线性漂移时不变换）。</translation>
  </message>
  <message>
   <source>HyperScore</source>
   <translation>HyperScore</translation>
  </message>
  <message>
   <source>HyperScore of {} at the cut-off {:g} by Lodescope {} from {}.</source>
   <translation>{} 在边界品位 {:g} 的 HyperScore，由 Lodescope {} 从 {} 计算。</translation>
  </message>
  <message>
   <source>Hyperspectral image</source>
   <translation>高光谱影像</translation>
  </message>
  <message>
   <source>INPUT: no field of '{}' is named like a rare earth (La_ppm, CeO2, Y2O3_pct); assign them under 'Fields by hand'; the fields are: {}.</source>
   <translation>INPUT：“{}”没有以稀土命名的字段（La_ppm、CeO2、Y2O3_pct）；请在“手工指定的字段”中指定；其字段为：{}。</translation>
  </message>
  <message>
   <source>INPUT: only '{}' is named like a rare earth ({}); assign the other elements, or this one alone, under 'Fields by hand'; the fields are: {}.</source>
   <translation>INPUT：只有“{}”以稀土命名（{}）；请在“手工指定的字段”中指定其他元素，或只指定这一个；其字段为：{}。</translation>
  </message>
  <message>
   <source>Igneous</source>
   <translation>火成岩</translation>
  </message>
  <message>
   <source>Import every package</source>
   <translation>导入每个包</translation>
  </message>
  <message>
   <source>Imputed values</source>
   <translation>插补的值</translation>
  </message>
  <message>
   <source>In fields FIELD_raw, for text and for numbers that changed.</source>
   <translation>放在 FIELD_raw 字段中，用于文字和有改动的数字。</translation>
  </message>
  <message>
   <source>Indicator kriging</source>
   <translation>指示克里金</translation>
  </message>
  <message>
   <source>Indicator variograms</source>
   <translation>指示变异函数</translation>
  </message>
  <message>
   <source>Inside the 80 % interval (0 to 1)</source>
   <translation>80 % 区间内的比例（0 到 1）</translation>
  </message>
  <message>
   <source>Inside the 80 % interval of the best model (0 to 1)</source>
   <translation>最佳模型 80 % 区间内的比例（0 到 1）</translation>
  </message>
  <message>
   <source>Inside the 80 % interval, uncalibrated</source>
   <translation>80 % 区间内的比例，未校准</translation>
  </message>
  <message>
   <source>Inside the 90 % interval (0 to 1)</source>
   <translation>90 % 区间内的比例（0 到 1）</translation>
  </message>
  <message>
   <source>Install PyTorch without CUDA</source>
   <translation>安装不带 CUDA 的 PyTorch</translation>
  </message>
  <message>
   <source>Install the packages</source>
   <translation>安装各包</translation>
  </message>
  <message>
   <source>Install what makes it faster</source>
   <translation>安装加速用的包</translation>
  </message>
  <message>
   <source>Intervals</source>
   <translation>区间</translation>
  </message>
  <message>
   <source>Intervals left out</source>
   <translation>未用的区间</translation>
  </message>
  <message>
   <source>Intervals past the end</source>
   <translation>超出孔底的区间</translation>
  </message>
  <message>
   <source>Intervals read</source>
   <translation>读入的区间</translation>
  </message>
  <message>
   <source>Intervals: the field '{}' holds numbers and, in {} rows, text such as '{}', whose mean is not known: it is left out of the composites. Run 'Prepare assays' first.</source>
   <translation>区间：字段“{}”含有数字，另有 {} 行含有“{}”之类的文字，其均值未知：该字段不进入组合样。请先运行“整理化验数据”。</translation>
  </message>
  <message>
   <source>Intervals: the table was changed during the run; run again.</source>
   <translation>区间：运行期间表被修改；请重新运行。</translation>
  </message>
  <message>
   <source>It is on the clipboard.</source>
   <translation>已复制到剪贴板。</translation>
  </message>
  <message>
   <source>It is set and has what kriging and the like need.</source>
   <translation>已设置，并具备克里金等所需的包。</translation>
  </message>
  <message>
   <source>It is set, but lacks {}.</source>
   <translation>已设置，但缺少 {}。</translation>
  </message>
  <message>
   <source>Its first text field names the fields, its first numeric field holds their limits.</source>
   <translation>其第一个文本字段为字段名，第一个数字字段为其检出限。</translation>
  </message>
  <message>
   <source>Its input was a temporary layer that is gone: start a new run.</source>
   <translation>其输入是已不存在的临时图层：请新建一次运行。</translation>
  </message>
  <message>
   <source>JSON files (*.json)</source>
   <translation>JSON 文件 (*.json)</translation>
  </message>
  <message>
   <source>Joint draws of the grades of all cells; more make steadier intervals and take longer.</source>
   <translation>所有单元品位的联合抽样次数；次数越多区间越稳定，耗时越长。</translation>
  </message>
  <message>
   <source>Kappa</source>
   <translation>Kappa</translation>
  </message>
  <message>
   <source>Keep cells outside what the model knows</source>
   <translation>保留超出模型认知范围的单元</translation>
  </message>
  <message>
   <source>Keep the values as they were</source>
   <translation>保留原值</translation>
  </message>
  <message>
   <source>Kind</source>
   <translation>种类</translation>
  </message>
  <message>
   <source>Kind of embedding</source>
   <translation>嵌入方式</translation>
  </message>
  <message>
   <source>Known deposits</source>
   <translation>已知矿床</translation>
  </message>
  <message>
   <source>Known mean (simple kriging)</source>
   <translation>已知均值（简单克里金）</translation>
  </message>
  <message>
   <source>Krige grades</source>
   <translation>品位克里金</translation>
  </message>
  <message>
   <source>Krige probabilities</source>
   <translation>概率克里金</translation>
  </message>
  <message>
   <source>Krige the errors</source>
   <translation>对误差做克里金</translation>
  </message>
  <message>
   <source>Kriged rasters come from other samples</source>
   <translation>克里金栅格来自其他样品</translation>
  </message>
  <message>
   <source>Kriging</source>
   <translation>克里金</translation>
  </message>
  <message>
   <source>Kriging and the like</source>
   <translation>克里金等</translation>
  </message>
  <message>
   <source>Kriging in the same folds and a random split stand beside the scores of the model. Switch it off to save time.</source>
   <translation>相同折中的克里金和随机划分与模型得分并列。关闭可节省时间。</translation>
  </message>
  <message>
   <source>Kriging, geochemistry and the like, without neural networks</source>
   <translation>克里金、地球化学等，不含神经网络</translation>
  </message>
  <message>
   <source>LSTM</source>
   <translation>LSTM</translation>
  </message>
  <message>
   <source>Label smoothing</source>
   <translation>标签平滑</translation>
  </message>
  <message>
   <source>Labelled logs</source>
   <translation>带标签的编录</translation>
  </message>
  <message>
   <source>Labelled logs: '{}' is chosen for the descriptions and for the classes; choose two fields.</source>
   <translation>带标签的编录：“{}”同时被选作描述和类别；请选择两个字段。</translation>
  </message>
  <message>
   <source>Labelled logs: choose the field with the descriptions and the field with the classes.</source>
   <translation>带标签的编录：请选择描述字段和类别字段。</translation>
  </message>
  <message>
   <source>Labelled logs: the field '{}' holds measured numbers; choose a field with classes.</source>
   <translation>带标签的编录：字段“{}”含有测量数值；请选择类别字段。</translation>
  </message>
  <message>
   <source>Labelled logs: the field '{}' holds no text ({}); choose the field with the logger's descriptions.</source>
   <translation>带标签的编录：字段“{}”没有文字（{}）；请选择编录员描述的字段。</translation>
  </message>
  <message>
   <source>Labelled logs: the layer cannot be read; choose another one.</source>
   <translation>带标签的编录：图层无法读取；请另选一个。</translation>
  </message>
  <message>
   <source>Latitude</source>
   <translation>纬度</translation>
  </message>
  <message>
   <source>Layer</source>
   <translation>图层</translation>
  </message>
  <message>
   <source>Layers of the memory</source>
   <translation>记忆层数</translation>
  </message>
  <message>
   <source>Layers that stay</source>
   <translation>保持不变的层</translation>
  </message>
  <message>
   <source>Learning rate</source>
   <translation>学习率</translation>
  </message>
  <message>
   <source>Least clear depth</source>
   <translation>最小可信深度</translation>
  </message>
  <message>
   <source>Least coverage</source>
   <translation>最低覆盖率</translation>
  </message>
  <message>
   <source>Least rows for a field</source>
   <translation>成为字段的最少行数</translation>
  </message>
  <message>
   <source>Least share of a class (%)</source>
   <translation>类别的最小占比（%）</translation>
  </message>
  <message>
   <source>Leave it empty for the area of all rasters together.</source>
   <translation>留空则取所有栅格合起来的范围。</translation>
  </message>
  <message>
   <source>Leave it empty for the cells of the finest raster, or coarser ones where a window would have more than 15 of them.</source>
   <translation>留空则取最细栅格的单元；若窗口因此多于 15 个单元则取更大的单元。</translation>
  </message>
  <message>
   <source>Leave it empty for the first band.</source>
   <translation>留空则取第一个波段。</translation>
  </message>
  <message>
   <source>Leave it empty to keep those with at least half as much signal as noise.</source>
   <translation>留空则保留信号至少为噪声一半的成分。</translation>
  </message>
  <message>
   <source>Leave out bands of water vapour</source>
   <translation>略去水汽波段</translation>
  </message>
  <message>
   <source>Leave out kinds of features</source>
   <translation>略去特征的类别</translation>
  </message>
  <message>
   <source>Leaves out 1.34 to 1.46 and 1.79 to 1.97 micrometres and the noisy ends. Untick it for drill core and laboratory images.</source>
   <translation>略去 1.34 到 1.46 和 1.79 到 1.97 微米以及有噪声的两端。岩心和实验室影像请取消勾选。</translation>
  </message>
  <message>
   <source>Left out of the lambda fit</source>
   <translation>不参与 lambda 拟合</translation>
  </message>
  <message>
   <source>Left out, since the samples do not have them without their own holes: {}.</source>
   <translation>因样品不使用本孔时没有这些特征而略去：{}。</translation>
  </message>
  <message>
   <source>Length of a hole at each place, such as the thickness of the cover; where it has no data the number above counts.</source>
   <translation>每个位置的钻孔长度，例如覆盖层厚度；没有数据处用上面的数字。</translation>
  </message>
  <message>
   <source>Length of a hole, for the variance removed per metre.</source>
   <translation>钻孔长度，用于每米消除的方差。</translation>
  </message>
  <message>
   <source>Length of composites in the unit of depths. Leave it empty to keep the intervals as they are.</source>
   <translation>组合样长度，单位与深度相同。留空则保持原区间。</translation>
  </message>
  <message>
   <source>Length over which the law of flux smooths; 0 leaves the kriged grade as it is. Leave it empty to choose it by leaving drill holes out.</source>
   <translation>通量定律平滑的长度；0 使克里金品位保持不变。留空则通过留出钻孔来选择。</translation>
  </message>
  <message>
   <source>Levels (elevations)</source>
   <translation>层位（高程）</translation>
  </message>
  <message>
   <source>Levels were given, but the samples are 2-D; choose samples with elevations (or an elevation field) or leave the levels empty.</source>
   <translation>给出了层位，但样品是二维的；请选择带高程的样品（或高程字段），或将层位留空。</translation>
  </message>
  <message>
   <source>Levels: '{}' is not an elevation; write numbers such as 100, 120, 140 or start:stop:step such as 100:200:20, or leave it empty.</source>
   <translation>层位：“{}”不是高程；请写数字如 100, 120, 140，或 起:止:步长 如 100:200:20，或将其留空。</translation>
  </message>
  <message>
   <source>Levels: '{}' makes {:,} levels, at most {:,} are possible; choose a larger step.</source>
   <translation>层位：“{}”产生 {:,} 层，最多允许 {:,} 层；请选择更大的步长。</translation>
  </message>
  <message>
   <source>Levels: the step in '{}' is zero; write start:stop:step, as in 100:200:20.</source>
   <translation>层位：“{}”中的步长为零；请写 起:止:步长，例如 100:200:20。</translation>
  </message>
  <message>
   <source>Levels: {:,} were given, at most {:,} are possible.</source>
   <translation>层位：给出了 {:,} 层，最多允许 {:,} 层。</translation>
  </message>
  <message>
   <source>Levels: {:g} is given twice; give each elevation once.</source>
   <translation>层位：{:g} 给出了两次；每个高程只应给一次。</translation>
  </message>
  <message>
   <source>Licences, pits or domains for which to report as well. A cell belongs to the polygon that holds its centre.</source>
   <translation>另行报告的矿权、采坑或域。单元归属于包含其中心的多边形。</translation>
  </message>
  <message>
   <source>Light rare earths</source>
   <translation>轻稀土</translation>
  </message>
  <message>
   <source>Limit for bends</source>
   <translation>弯曲界限</translation>
  </message>
  <message>
   <source>Limits of measured, indicated and inferred. Leave it empty for 0.25, 0.5, 1, and for 0.7, 0.4, 0.1 of the efficiency.</source>
   <translation>探明、控制和推断的界限。留空则取 0.25, 0.5, 1；对效率取 0.7, 0.4, 0.1。</translation>
  </message>
  <message>
   <source>Lines</source>
   <translation>线</translation>
  </message>
  <message>
   <source>Lines to measure distances to</source>
   <translation>要量测距离的线</translation>
  </message>
  <message>
   <source>Lithology (log)</source>
   <translation>岩性（编录）</translation>
  </message>
  <message>
   <source>Lithology log</source>
   <translation>岩性编录</translation>
  </message>
  <message>
   <source>Load…</source>
   <translation>载入…</translation>
  </message>
  <message>
   <source>Lodescope computes in a Python of its own, outside QGIS. The first one below that has all packages of a set is used.</source>
   <translation>Lodescope 在 QGIS 之外自己的 Python 中计算。使用下面第一个具备整套包的 Python。</translation>
  </message>
  <message>
   <source>Lodescope models (*.safetensors)</source>
   <translation>Lodescope 模型 (*.safetensors)</translation>
  </message>
  <message>
   <source>Lodescope recipes (*.safetensors)</source>
   <translation>Lodescope 配方 (*.safetensors)</translation>
  </message>
  <message>
   <source>Lodescope: mineral exploration</source>
   <translation>Lodescope：矿产勘查</translation>
  </message>
  <message>
   <source>Lodescope: the worker's Python</source>
   <translation>Lodescope：工作进程的 Python</translation>
  </message>
  <message>
   <source>Log</source>
   <translation>日志</translation>
  </message>
  <message>
   <source>Log-loss against barren points</source>
   <translation>对数损失（相对于无矿点）</translation>
  </message>
  <message>
   <source>Log-loss over all cells</source>
   <translation>对数损失（全部单元）</translation>
  </message>
  <message>
   <source>Log-loss, deposits and background weighing the same</source>
   <translation>对数损失（矿床与背景等权）</translation>
  </message>
  <message>
   <source>Log-ratios compare fields with each other: choose two or more fields.</source>
   <translation>对数比在字段之间比较：请选择两个或更多字段。</translation>
  </message>
  <message>
   <source>Logs</source>
   <translation>编录</translation>
  </message>
  <message>
   <source>Logs: choose the field that holds the descriptions.</source>
   <translation>编录：请选择含有描述的字段。</translation>
  </message>
  <message>
   <source>Logs: the field '{}' holds no text ({}); choose the field with the logger's descriptions.</source>
   <translation>编录：字段“{}”没有文字（{}）；请选择编录员描述的字段。</translation>
  </message>
  <message>
   <source>Logs: the layer cannot be read; choose another one.</source>
   <translation>编录：图层无法读取；请另选一个。</translation>
  </message>
  <message>
   <source>Logs: the layer changed while it was read; run the algorithm again.</source>
   <translation>编录：读取期间图层被修改；请重新运行算法。</translation>
  </message>
  <message>
   <source>Longitude</source>
   <translation>经度</translation>
  </message>
  <message>
   <source>Look again</source>
   <translation>重新查看</translation>
  </message>
  <message>
   <source>Look for Pythons</source>
   <translation>查找 Python</translation>
  </message>
  <message>
   <source>Loss</source>
   <translation>损失</translation>
  </message>
  <message>
   <source>Low end of its 95 % interval</source>
   <translation>其 95 % 区间的下端</translation>
  </message>
  <message>
   <source>Lower end of its 95 % interval</source>
   <translation>其 95 % 区间的下端</translation>
  </message>
  <message>
   <source>Lowest cut-off</source>
   <translation>最低边界品位</translation>
  </message>
  <message>
   <source>MIK</source>
   <translation>MIK</translation>
  </message>
  <message>
   <source>MNF</source>
   <translation>MNF</translation>
  </message>
  <message>
   <source>MNF components to keep</source>
   <translation>保留的 MNF 成分数</translation>
  </message>
  <message>
   <source>Macro-F1 of TF-IDF</source>
   <translation>TF-IDF 的宏平均 F1</translation>
  </message>
  <message>
   <source>Macro-F1 of the dictionary</source>
   <translation>词典的宏平均 F1</translation>
  </message>
  <message>
   <source>Macro-F1 on holes not trained on</source>
   <translation>未参与训练的钻孔上的宏平均 F1</translation>
  </message>
  <message>
   <source>Made with</source>
   <translation>制作工具</translation>
  </message>
  <message>
   <source>Magnet rare earths</source>
   <translation>磁性稀土</translation>
  </message>
  <message>
   <source>Major axis</source>
   <translation>主轴</translation>
  </message>
  <message>
   <source>Make an empty environment</source>
   <translation>创建空环境</translation>
  </message>
  <message>
   <source>Make an environment</source>
   <translation>创建环境</translation>
  </message>
  <message>
   <source>Make the environment</source>
   <translation>创建环境</translation>
  </message>
  <message>
   <source>Make the worker's Python</source>
   <translation>创建工作进程的 Python</translation>
  </message>
  <message>
   <source>Map</source>
   <translation>图</translation>
  </message>
  <message>
   <source>Map flux gradients</source>
   <translation>绘制通量梯度</translation>
  </message>
  <message>
   <source>Map to evaluate</source>
   <translation>要评价的图</translation>
  </message>
  <message>
   <source>Map: band {} ({}) of '{}', {:,} columns x {:,} rows, {}.</source>
   <translation>图：波段 {}（{}），“{}”，{:,} 列 x {:,} 行，{}。</translation>
  </message>
  <message>
   <source>Mark several runs to compare their curves</source>
   <translation>选中几次运行以比较其曲线</translation>
  </message>
  <message>
   <source>Mean R2 of the imputation</source>
   <translation>插补的平均 R2</translation>
  </message>
  <message>
   <source>Mean R2, own hole unused</source>
   <translation>不用本孔时的平均 R2</translation>
  </message>
  <message>
   <source>Mean RMSE of the imputation</source>
   <translation>插补的平均 RMSE</translation>
  </message>
  <message>
   <source>Mean RMSE, own hole unused</source>
   <translation>不用本孔时的平均 RMSE</translation>
  </message>
  <message>
   <source>Mean absolute error, groups left out</source>
   <translation>平均绝对误差（整组留出）</translation>
  </message>
  <message>
   <source>Mean of the field where it is known, in its own units; simple kriging then takes the place of ordinary kriging. Only without a drift.</source>
   <translation>已知的字段均值，单位与字段相同；此时以简单克里金代替普通克里金。仅在没有漂移时可用。</translation>
  </message>
  <message>
   <source>Mean over cut-off of the explained cell</source>
   <translation>被解释单元的均值与边界品位之比</translation>
  </message>
  <message>
   <source>Mean score</source>
   <translation>平均得分</translation>
  </message>
  <message>
   <source>Meaning (code table)</source>
   <translation>含义（代码表）</translation>
  </message>
  <message>
   <source>Means over the window</source>
   <translation>窗口平均值</translation>
  </message>
  <message>
   <source>Measured values</source>
   <translation>测量值</translation>
  </message>
  <message>
   <source>Measured values, such as grades. Text is accepted when it holds nothing but numbers.</source>
   <translation>测量值，例如品位。只含数字的文字也可接受。</translation>
  </message>
  <message>
   <source>Measured, indicated and inferred by: relative, standard deviation over mean; epistemic, its epistemic part over mean; efficiency, kriging efficiency. auto takes epistemic where there is such a band, and relative otherwise.</source>
   <translation>探明、控制和推断的依据：relative，标准差除以均值；epistemic，其认知部分除以均值；efficiency，克里金效率。auto 在有相应波段时取 epistemic，否则取 relative。</translation>
  </message>
  <message>
   <source>Measures</source>
   <translation>测量</translation>
  </message>
  <message>
   <source>Median of (La/Yb)N</source>
   <translation>(La/Yb)N 的中位数</translation>
  </message>
  <message>
   <source>Median of CREO</source>
   <translation>CREO 的中位数</translation>
  </message>
  <message>
   <source>Median of Ce/Ce*</source>
   <translation>Ce/Ce* 的中位数</translation>
  </message>
  <message>
   <source>Median of Eu/Eu*</source>
   <translation>Eu/Eu* 的中位数</translation>
  </message>
  <message>
   <source>Median of HREE/LREE</source>
   <translation>HREE/LREE 的中位数</translation>
  </message>
  <message>
   <source>Median of HREO</source>
   <translation>HREO 的中位数</translation>
  </message>
  <message>
   <source>Median of LREO</source>
   <translation>LREO 的中位数</translation>
  </message>
  <message>
   <source>Median of MREO</source>
   <translation>MREO 的中位数</translation>
  </message>
  <message>
   <source>Median of NdPr</source>
   <translation>NdPr 的中位数</translation>
  </message>
  <message>
   <source>Median of TREO</source>
   <translation>TREO 的中位数</translation>
  </message>
  <message>
   <source>Members</source>
   <translation>成员数</translation>
  </message>
  <message>
   <source>Metal</source>
   <translation>金属量</translation>
  </message>
  <message>
   <source>Metamorphic</source>
   <translation>变质岩</translation>
  </message>
  <message>
   <source>Method</source>
   <translation>方法</translation>
  </message>
  <message>
   <source>Metres of drilling</source>
   <translation>钻探进尺</translation>
  </message>
  <message>
   <source>Metres per hole</source>
   <translation>单孔进尺</translation>
  </message>
  <message>
   <source>Metres per hole (raster)</source>
   <translation>单孔进尺（栅格）</translation>
  </message>
  <message>
   <source>Minimum area (square metres)</source>
   <translation>最小面积（平方米）</translation>
  </message>
  <message>
   <source>Minimum distance</source>
   <translation>最小距离</translation>
  </message>
  <message>
   <source>Minor axis</source>
   <translation>短轴</translation>
  </message>
  <message>
   <source>Missing values</source>
   <translation>缺失值</translation>
  </message>
  <message>
   <source>Model</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Model file</source>
   <translation>模型文件</translation>
  </message>
  <message>
   <source>Model of 'Pre-train CNN', or of another area by this algorithm. Bands are matched by name; new ones are learned. Training from scratch is scored beside it.</source>
   <translation>由“预训练 CNN”生成的模型，或本算法在其他地区生成的模型。波段按名称匹配；新波段另行学习。并列给出从头训练的得分。</translation>
  </message>
  <message>
   <source>Model of 'Train CNN' or 'Train prospectivity baseline'.</source>
   <translation>由“训练 CNN”或“训练找矿远景基准模型”生成的模型。</translation>
  </message>
  <message>
   <source>Model of another deposit, made by this algorithm. Features are matched by name: new ones are learned, and those that these samples lack are dropped. It helps where holes are few.</source>
   <translation>本算法在其他矿床生成的模型。特征按名称匹配：新特征另行学习，这些样品没有的特征则去掉。钻孔很少时有帮助。</translation>
  </message>
  <message>
   <source>Model of the preparation</source>
   <translation>整理步骤的模型</translation>
  </message>
  <message>
   <source>Model to start from</source>
   <translation>起始模型</translation>
  </message>
  <message>
   <source>Model with the least error</source>
   <translation>误差最小的模型</translation>
  </message>
  <message>
   <source>Models</source>
   <translation>模型</translation>
  </message>
  <message>
   <source>Models from deposits drawn with replacement and from background of their own; their spread is the uncertainty.</source>
   <translation>由有放回抽取的矿床和各自的背景训练的模型；它们的离散程度就是不确定性。</translation>
  </message>
  <message>
   <source>Models to choose from</source>
   <translation>可选模型</translation>
  </message>
  <message>
   <source>More features (CSV)</source>
   <translation>更多特征（CSV）</translation>
  </message>
  <message>
   <source>More fields with text</source>
   <translation>更多文字字段</translation>
  </message>
  <message>
   <source>More to do with the model</source>
   <translation>对模型的更多操作</translation>
  </message>
  <message>
   <source>Most fields of a kind</source>
   <translation>每类最多字段数</translation>
  </message>
  <message>
   <source>Most values of these bands lie beyond those that the model knows, so do not trust the map before you have compared their units: {}.</source>
   <translation>这些波段的大多数值超出模型所知的范围，在比较单位之前请勿信任此图：{}。</translation>
  </message>
  <message>
   <source>N</source>
   <translation>北</translation>
  </message>
  <message>
   <source>Name a file for the predicted grades.</source>
   <translation>请为预测的品位指定文件。</translation>
  </message>
  <message>
   <source>Name of the grade, such as Nd_ppm. Leave it empty when the raster holds one only.</source>
   <translation>品位名称，例如 Nd_ppm。栅格只有一个品位时可留空。</translation>
  </message>
  <message>
   <source>Name of the reference spectrum</source>
   <translation>参考光谱名称</translation>
  </message>
  <message>
   <source>Name of the run</source>
   <translation>运行名称</translation>
  </message>
  <message>
   <source>Name, kind or target</source>
   <translation>名称、种类或目标</translation>
  </message>
  <message>
   <source>Names from the catalogue, separated by commas, such as Nd_0740, Nd_0800, AlOH_2200; Nd alone means all of neodymium. all takes every feature that the bands cover, none leaves them out.</source>
   <translation>目录中的名称，用逗号分隔，例如 Nd_0740, Nd_0800, AlOH_2200；单写 Nd 表示全部钕特征。all 取波段覆盖的所有特征，none 全部不取。</translation>
  </message>
  <message>
   <source>Names of the features</source>
   <translation>特征名称</translation>
  </message>
  <message>
   <source>NdPr</source>
   <translation>NdPr</translation>
  </message>
  <message>
   <source>Nearest samples of other holes whose values and distances are features.</source>
   <translation>其他钻孔的最近样品，其数值和距离作为特征。</translation>
  </message>
  <message>
   <source>Needed when the diffusivity comes from polygons.</source>
   <translation>扩散率来自多边形时需要。</translation>
  </message>
  <message>
   <source>Negative numbers mean</source>
   <translation>负数表示</translation>
  </message>
  <message>
   <source>Neighbours</source>
   <translation>邻近样品数</translation>
  </message>
  <message>
   <source>Neighbours from which the expected cerium is taken: between La and Pr, beyond Pr and Nd, or between La and Nd.</source>
   <translation>推算铈期望值所用的邻近元素：La 与 Pr 之间、Pr 与 Nd 之外，或 La 与 Nd 之间。</translation>
  </message>
  <message>
   <source>Neighbours of one hole at most</source>
   <translation>同一钻孔最多的邻近样品数</translation>
  </message>
  <message>
   <source>Nested structures</source>
   <translation>嵌套结构</translation>
  </message>
  <message>
   <source>Networks of the ensemble, or draws from the posterior. Empty: 10 and 24.</source>
   <translation>集成的网络数，或后验抽样数。留空：10 和 24。</translation>
  </message>
  <message>
   <source>Networks of the ensemble; each fold is judged by three of them.</source>
   <translation>集成的网络数；每一折由其中三个评定。</translation>
  </message>
  <message>
   <source>Networks with different beginnings; the members of a training start from one each.</source>
   <translation>起点不同的网络；一次训练的各成员分别从其中一个开始。</translation>
  </message>
  <message>
   <source>Networks, each stopped by a fifth of the holes of its own. Empty: 5, and 3 for 'afg-pms'.</source>
   <translation>网络数，每个网络用各自五分之一的钻孔早停。留空：5，“afg-pms”为 3。</translation>
  </message>
  <message>
   <source>Neural networks</source>
   <translation>神经网络</translation>
  </message>
  <message>
   <source>Neural networks compute on</source>
   <translation>神经网络的计算设备</translation>
  </message>
  <message>
   <source>New fields got other names in the file: {}.</source>
   <translation>新字段在文件中改了名：{}。</translation>
  </message>
  <message>
   <source>New name</source>
   <translation>新名称</translation>
  </message>
  <message>
   <source>New run</source>
   <translation>新建运行</translation>
  </message>
  <message>
   <source>No Python is set any more.</source>
   <translation>不再指定任何 Python。</translation>
  </message>
  <message>
   <source>No algorithm applies this kind of model.</source>
   <translation>没有算法能应用这种模型。</translation>
  </message>
  <message>
   <source>No algorithm that trains models is loaded.</source>
   <translation>没有加载任何训练模型的算法。</translation>
  </message>
  <message>
   <source>No cell has data in at least half of the bands, so there is nothing to predict; choose rasters that overlap.</source>
   <translation>没有单元在至少一半的波段中有数据，因此无可预测；请选择互相重叠的栅格。</translation>
  </message>
  <message>
   <source>No drill hole field was given, so each sample is read alone.</source>
   <translation>没有给出钻孔字段，因此单独读取每个样品。</translation>
  </message>
  <message>
   <source>No feature exists everywhere, so there is no feature raster; leave it out, or add rasters, geology or coordinates.</source>
   <translation>没有处处存在的特征，因此没有特征栅格；请不要输出它，或添加栅格、地质图或坐标。</translation>
  </message>
  <message>
   <source>No layer of the project goes with this model.</source>
   <translation>工程中没有图层适用于此模型。</translation>
  </message>
  <message>
   <source>No models yet: add the folder in which you keep them.</source>
   <translation>还没有模型：请添加存放模型的文件夹。</translation>
  </message>
  <message>
   <source>No pairs of samples in this direction.</source>
   <translation>此方向没有样品对。</translation>
  </message>
  <message>
   <source>No pixel with data has its centre in the flat field; draw it on the image.</source>
   <translation>没有有数据的像元中心落在平场内；请在影像上绘制平场。</translation>
  </message>
  <message>
   <source>Noise</source>
   <translation>噪声</translation>
  </message>
  <message>
   <source>Noise left in a block</source>
   <translation>块内残留的噪声</translation>
  </message>
  <message>
   <source>None of the {} targets lies on the image.</source>
   <translation>{} 个靶标都不在影像上。</translation>
  </message>
  <message>
   <source>Normalised density at the crossing</source>
   <translation>交点处的归一化密度</translation>
  </message>
  <message>
   <source>Northing</source>
   <translation>北坐标</translation>
  </message>
  <message>
   <source>Not known</source>
   <translation>未知</translation>
  </message>
  <message>
   <source>Note</source>
   <translation>备注</translation>
  </message>
  <message>
   <source>Note on the model</source>
   <translation>模型备注</translation>
  </message>
  <message>
   <source>Nothing can be written into the folder '{}' ({}); choose another one.</source>
   <translation>无法写入文件夹“{}”（{}）；请另选一个。</translation>
  </message>
  <message>
   <source>Nothing can be written into the folder '{}' ({}); make room there or choose another one in the settings.</source>
   <translation>无法写入文件夹“{}”（{}）；请腾出空间，或在设置中选择另一个文件夹。</translation>
  </message>
  <message>
   <source>Nothing to predict: give a feature raster or samples with features.</source>
   <translation>无可预测：请给出特征栅格或带特征的样品。</translation>
  </message>
  <message>
   <source>Nugget</source>
   <translation>块金</translation>
  </message>
  <message>
   <source>Number of bands that are named.</source>
   <translation>列出名称的波段数。</translation>
  </message>
  <message>
   <source>Number of parts of which each is held out once.</source>
   <translation>划分的份数，每份各留出一次。</translation>
  </message>
  <message>
   <source>Number of principal components; giving one switches 'pca' on, 0 switches it off. Empty: with 'pca' at most 100, enough for 99 % of the variance. Trees learn better without.</source>
   <translation>主成分数；给出即启用“pca”，0 则关闭。留空：启用“pca”时最多 100 个，足以占方差的 99 %。树模型不用它学得更好。</translation>
  </message>
  <message>
   <source>Number of processor cores to use. Leave it empty to use all.</source>
   <translation>使用的处理器核数。留空则全部使用。</translation>
  </message>
  <message>
   <source>Number of samples per level of detail in the multilevel engine. Leave it empty for a good number; more is slower and a little more precise.</source>
   <translation>多级引擎中每一细节层次的样品数。留空则取合适的数；越多越慢，也略精确一些。</translation>
  </message>
  <message>
   <source>Number of sites</source>
   <translation>孔位数</translation>
  </message>
  <message>
   <source>Number of targets</source>
   <translation>靶区数</translation>
  </message>
  <message>
   <source>Number that says how much a deposit counts, such as 1 for a mine and 0.3 for a showing. Deposits without one are left out.</source>
   <translation>表示矿床权重的数，例如矿山为 1，矿点为 0.3。没有权重的矿床不使用。</translation>
  </message>
  <message>
   <source>Numbers are averaged, of texts the one with the greatest length is taken. Leave it empty for all.</source>
   <translation>数字取平均，文字取长度最大者。留空则全部使用。</translation>
  </message>
  <message>
   <source>Numbers of units such as 64, 64, 64, which is what an empty field means.</source>
   <translation>单元数，例如 64, 64, 64，这也是留空时的取值。</translation>
  </message>
  <message>
   <source>Numbers or text such as &lt;0.5, &gt;10000, n.d., 1 234,5 or 0.5 %.</source>
   <translation>数字或文字，例如 &lt;0.5、&gt;10000、n.d.、1 234,5 或 0.5 %。</translation>
  </message>
  <message>
   <source>Numbers that are known where grades are to be predicted: the features of 'Fuse features', cheap assays of the same interval, and the like. Never the target in another unit. Leave it empty to take all features of the recipe.</source>
   <translation>在待预测处也已知的数值：“融合特征”的特征、同一区间的廉价化验等。绝不能是换了单位的目标。留空则取配方的全部特征。</translation>
  </message>
  <message>
   <source>Numbers that mean missing</source>
   <translation>表示缺失的数字</translation>
  </message>
  <message>
   <source>Numbers that mean missing: '{}' is no list of numbers.</source>
   <translation>表示缺失的数字：“{}”不是数字列表。</translation>
  </message>
  <message>
   <source>Of each layer and direction. Empty: 64, and 128 for 'afg-pms'.</source>
   <translation>每层每个方向的单元数。留空：64，“afg-pms”为 128。</translation>
  </message>
  <message>
   <source>Of the Box-Cox scale. Empty: 0.25, or 0 or 0.5 where they are better by 1 % on held-out holes inside the training samples; log-normal for the preset 'afg-pms'.</source>
   <translation>Box-Cox 尺度的幂。留空：0.25；若在训练样品内部的留出钻孔上好 1 %，则取 0 或 0.5；预设“afg-pms”为对数正态。</translation>
  </message>
  <message>
   <source>Of the Box-Cox scale. Empty: 0.25, or 0 or 0.5 where they are better by 1 % on held-out holes inside the training samples; log-normal for the preset 'paper'.</source>
   <translation>Box-Cox 尺度的幂。留空：0.25；若在训练样品内部的留出钻孔上好 1 %，则取 0 或 0.5；预设“paper”为对数正态。</translation>
  </message>
  <message>
   <source>Of the augmentation, in standard deviations of the bands.</source>
   <translation>数据增强的噪声，以波段的标准差计。</translation>
  </message>
  <message>
   <source>Of the ensembles of the Bayesian and the recurrent network. Empty: their own defaults.</source>
   <translation>贝叶斯网络和循环网络集成的成员数。留空：各自的默认值。</translation>
  </message>
  <message>
   <source>Of the features, made inside each fold; 0 for the features themselves. Empty: that of the preset.</source>
   <translation>特征的主成分数，在每折内求得；0 表示使用特征本身。留空：预设的值。</translation>
  </message>
  <message>
   <source>Of the grade of a cell. quantiles: a power of the grade is normal, as p10, p50 and p90 tell. auto chooses and says so.</source>
   <translation>单元品位的分布。quantiles：品位的某次幂服从正态分布，由 p10、p50 和 p90 得出。auto 自行选择并说明。</translation>
  </message>
  <message>
   <source>Of the model to start from. none: all layers are learned further. first_layers: only the last hidden layer and the output are. all_but_last: only the output is. New features are learned in any case.</source>
   <translation>起始模型中保持不变的层。none：所有层继续学习。first_layers：只有最后一个隐藏层和输出层继续学习。all_but_last：只有输出层继续学习。新特征总会学习。</translation>
  </message>
  <message>
   <source>Of the networks. Empty: their own defaults.</source>
   <translation>网络的轮数。留空：各自的默认值。</translation>
  </message>
  <message>
   <source>Of the polynomial.</source>
   <translation>多项式的阶数。</translation>
  </message>
  <message>
   <source>Of the priors of weights against the samples. Empty: 1, and 0 for 'afg-pms'.</source>
   <translation>权重先验相对于样品的权重。留空：1，“afg-pms”为 0。</translation>
  </message>
  <message>
   <source>Of the priors of weights and biases against the samples. Empty: 1, as Bayes' rule has it.</source>
   <translation>权重和偏置的先验相对于样品的权重。留空：1，即按贝叶斯法则。</translation>
  </message>
  <message>
   <source>Of these, out of the model's domain</source>
   <translation>其中超出模型适用域的</translation>
  </message>
  <message>
   <source>Of these, with a window over a border</source>
   <translation>其中窗口跨越边界的</translation>
  </message>
  <message>
   <source>On {:,} rows of holes not trained on: accuracy {:.2f}, macro-F1 {:.2f}; TF-IDF {:.2f} and {:.2f}.</source>
   <translation>在未参与训练的钻孔的 {:,} 行上：准确率 {:.2f}，宏平均 F1 {:.2f}；TF-IDF 为 {:.2f} 和 {:.2f}。</translation>
  </message>
  <message>
   <source>Only for a raster.</source>
   <translation>仅用于栅格。</translation>
  </message>
  <message>
   <source>Only so many of the best are drawn. Leave it empty for all.</source>
   <translation>只画最好的这么多个。留空则全部画出。</translation>
  </message>
  <message>
   <source>Only without a network: a folder with wheels</source>
   <translation>仅在没有网络时：含有 wheel 包的文件夹</translation>
  </message>
  <message>
   <source>Only {:,} deposits: the scores are rough, as their intervals tell.</source>
   <translation>只有 {:,} 个矿床：得分较粗略，由其区间可见。</translation>
  </message>
  <message>
   <source>Only {} bands are left when bad ones and those of water vapour are taken away; choose another image.</source>
   <translation>去掉坏波段和水汽波段后只剩 {} 个波段；请选择另一幅影像。</translation>
  </message>
  <message>
   <source>Open as Processing dialog</source>
   <translation>以处理对话框打开</translation>
  </message>
  <message>
   <source>Open sample project</source>
   <translation>打开示例工程</translation>
  </message>
  <message>
   <source>Open the report</source>
   <translation>打开报告</translation>
  </message>
  <message>
   <source>Optimizer</source>
   <translation>优化器</translation>
  </message>
  <message>
   <source>Options…</source>
   <translation>选项…</translation>
  </message>
  <message>
   <source>Order of the flux law</source>
   <translation>通量定律的阶数</translation>
  </message>
  <message>
   <source>Other</source>
   <translation>其他</translation>
  </message>
  <message>
   <source>Other than 1 where the element spreads more easily along the strike than across it.</source>
   <translation>元素沿走向比横向更易扩散时取 1 以外的值。</translation>
  </message>
  <message>
   <source>Other than 1 where the element spreads more or less easily upwards; only in 3-D.</source>
   <translation>元素向上扩散更易或更难时取 1 以外的值；仅用于三维。</translation>
  </message>
  <message>
   <source>Out-of-fold predictions</source>
   <translation>折外预测</translation>
  </message>
  <message>
   <source>Outlines are drawn tight instead of along the sides of cells; each target keeps its area, and none crosses another.</source>
   <translation>轮廓画得紧凑而不沿单元边；每个靶区面积不变，互不交叉。</translation>
  </message>
  <message>
   <source>Overlapping or repeated intervals</source>
   <translation>重叠或重复的区间</translation>
  </message>
  <message>
   <source>Own rows for the catalogue, with the columns name, search_from, search_to, left and right in micrometres and, if you like, index, joined, minerals and source.</source>
   <translation>目录的自定义行，列为 name、search_from、search_to、left 和 right（微米），以及可选的 index、joined、minerals 和 source。</translation>
  </message>
  <message>
   <source>Oxides</source>
   <translation>氧化物</translation>
  </message>
  <message>
   <source>P-A</source>
   <translation>P-A</translation>
  </message>
  <message>
   <source>P-A plot</source>
   <translation>P-A 图</translation>
  </message>
  <message>
   <source>P10</source>
   <translation>P10</translation>
  </message>
  <message>
   <source>P90</source>
   <translation>P90</translation>
  </message>
  <message>
   <source>PAAS</source>
   <translation>PAAS</translation>
  </message>
  <message>
   <source>PCA</source>
   <translation>PCA</translation>
  </message>
  <message>
   <source>PRISMA</source>
   <translation>PRISMA</translation>
  </message>
  <message>
   <source>Packages</source>
   <translation>软件包</translation>
  </message>
  <message>
   <source>Parse drill logs</source>
   <translation>解析钻孔编录</translation>
  </message>
  <message>
   <source>Parsed logs</source>
   <translation>解析后的编录</translation>
  </message>
  <message>
   <source>Parser</source>
   <translation>解析器</translation>
  </message>
  <message>
   <source>Parser used</source>
   <translation>所用的解析器</translation>
  </message>
  <message>
   <source>Passes of 40 steps. The best one on held-out blocks of the map is kept.</source>
   <translation>轮数，每轮 40 步。保留在留出地块上最好的一轮。</translation>
  </message>
  <message>
   <source>Passes through all rows. The best one, on holes kept aside for that, is what the model keeps.</source>
   <translation>遍历全部行的轮数。模型保留在另留钻孔上最好的一轮。</translation>
  </message>
  <message>
   <source>Passes through the holes. Empty: 15, 40 or 60, as the preset. The best epoch on held-out holes is kept.</source>
   <translation>遍历钻孔的轮数。留空：按预设为 15、40 或 60。保留在留出钻孔上最好的一轮。</translation>
  </message>
  <message>
   <source>Passes through the samples. Empty: 40. The best epoch on held-out holes is kept.</source>
   <translation>遍历样品的轮数。留空：40。保留在留出钻孔上最好的一轮。</translation>
  </message>
  <message>
   <source>Passes through the windows. With 30 groups of deposits or more the best one on held-out windows is kept.</source>
   <translation>遍历窗口的轮数。矿床组不少于 30 组时，保留在留出窗口上最好的一轮。</translation>
  </message>
  <message>
   <source>Paths of drill holes by minimum curvature.</source>
   <translation>按最小曲率法计算的钻孔轨迹。</translation>
  </message>
  <message>
   <source>Patience</source>
   <translation>耐心轮数</translation>
  </message>
  <message>
   <source>Pause</source>
   <translation>暂停</translation>
  </message>
  <message>
   <source>Per cent, such as 10, 50, 90.</source>
   <translation>百分数，例如 10, 50, 90。</translation>
  </message>
  <message>
   <source>Period</source>
   <translation>周期</translation>
  </message>
  <message>
   <source>Pixels with data</source>
   <translation>有数据的像元</translation>
  </message>
  <message>
   <source>Place</source>
   <translation>位置</translation>
  </message>
  <message>
   <source>Place and size</source>
   <translation>位置和大小</translation>
  </message>
  <message>
   <source>Points known to hold no deposit; the scores against them are given as well.</source>
   <translation>已知没有矿床的点；同时给出相对于它们的得分。</translation>
  </message>
  <message>
   <source>Points of holes that are drilled already, such as collars.</source>
   <translation>已施工钻孔的点，例如孔口。</translation>
  </message>
  <message>
   <source>Points of known deposits or occurrences.</source>
   <translation>已知矿床或矿点。</translation>
  </message>
  <message>
   <source>Points of known deposits, at least three in different places.</source>
   <translation>已知矿床的点，至少位于三个不同的位置。</translation>
  </message>
  <message>
   <source>Points or a table with laboratory values.</source>
   <translation>含有实验室数值的点或表。</translation>
  </message>
  <message>
   <source>Points or a table with the model's features as fields, to be predicted besides or instead of the raster.</source>
   <translation>以模型特征为字段的点或表，与栅格一起或代替栅格进行预测。</translation>
  </message>
  <message>
   <source>Points per cell side (block kriging)</source>
   <translation>单元每边的点数（块段克里金）</translation>
  </message>
  <message>
   <source>Points that are known to hold no deposit, such as barren holes; they count three times as much as background.</source>
   <translation>已知没有矿床的点，例如无矿钻孔；其权重为背景的三倍。</translation>
  </message>
  <message>
   <source>Points to learn from: drill-hole intervals as points with elevation, or surface samples.</source>
   <translation>用来学习的点：带高程的钻孔区间点，或地表样品。</translation>
  </message>
  <message>
   <source>Points where the holes begin, one for each hole.</source>
   <translation>钻孔起点，每孔一个。</translation>
  </message>
  <message>
   <source>Points with assays, or a table of assays.</source>
   <translation>带化验的点，或化验表。</translation>
  </message>
  <message>
   <source>Points with grades and features, as 'Fuse features' makes them.</source>
   <translation>带品位和特征的点，由“融合特征”生成。</translation>
  </message>
  <message>
   <source>Points with measured values: drill-hole intervals as points with elevation, or surface samples.</source>
   <translation>带测量值的点：带高程的钻孔区间点，或地表样品。</translation>
  </message>
  <message>
   <source>Points, for the prediction-area cut and for the distance to the nearest one.</source>
   <translation>点，用于预测-面积阈值和到最近矿床的距离。</translation>
  </message>
  <message>
   <source>Polygons</source>
   <translation>多边形</translation>
  </message>
  <message>
   <source>Polygons in which no site may lie: water, villages, protected ground.</source>
   <translation>其中不得布置孔位的多边形：水体、村庄、保护区。</translation>
  </message>
  <message>
   <source>Polygons of geological units.</source>
   <translation>地质单元的多边形。</translation>
  </message>
  <message>
   <source>Polygons of one name count together.</source>
   <translation>同名多边形合并计算。</translation>
  </message>
  <message>
   <source>Polygons of the ground that counts; what lies outside is neither learned from nor tested.</source>
   <translation>计入的地面的多边形；其外的地面既不学习也不检验。</translation>
  </message>
  <message>
   <source>Polygons outside of which no site may lie, such as targets or the tenement. Leave it empty for the whole map.</source>
   <translation>其外不得布置孔位的多边形，例如靶区或矿权。留空则为整幅图。</translation>
  </message>
  <message>
   <source>Polygons outside which the map stays empty.</source>
   <translation>其外图面留空的多边形。</translation>
  </message>
  <message>
   <source>Polygons whose units 'stratified' goes by. Leave it empty to go by the first raster of classes.</source>
   <translation>“stratified”所依据的单元多边形。留空则依据第一个类别栅格。</translation>
  </message>
  <message>
   <source>Polygons without the centre of a cell, whose tonnage is zero: {}.</source>
   <translation>不含任何单元中心、因而吨位为零的多边形：{}。</translation>
  </message>
  <message>
   <source>Polygons: '{}' has no polygons to read; choose another layer.</source>
   <translation>多边形：“{}”没有可读取的多边形；请选择另一个图层。</translation>
  </message>
  <message>
   <source>Polygons: '{}' has {:,} names, at most {:,} are possible; choose a field with fewer.</source>
   <translation>多边形：“{}”有 {:,} 个名称，最多允许 {:,} 个；请选择名称较少的字段。</translation>
  </message>
  <message>
   <source>Polygons: '{}' is not a layer of polygons; choose a polygon layer.</source>
   <translation>多边形：“{}”不是多边形图层；请选择多边形图层。</translation>
  </message>
  <message>
   <source>Polygons: no polygon of '{}' holds the centre of a cell; choose polygons in the area of the raster.</source>
   <translation>多边形：“{}”没有多边形包含单元中心；请选择栅格区域内的多边形。</translation>
  </message>
  <message>
   <source>Polygons; cells with their centre outside do not count.</source>
   <translation>多边形；中心在其外的单元不计入。</translation>
  </message>
  <message>
   <source>Polygons; cells with their centre outside do not count. Leave it empty for all cells with data.</source>
   <translation>多边形；中心在其外的单元不计入。留空则计入所有有数据的单元。</translation>
  </message>
  <message>
   <source>Power (lambda)</source>
   <translation>幂（lambda）</translation>
  </message>
  <message>
   <source>Power of the logistic function.</source>
   <translation>逻辑函数的幂。</translation>
  </message>
  <message>
   <source>Power of this factor in the value; 0 leaves it out.</source>
   <translation>该因子在价值中的幂；0 表示不使用。</translation>
  </message>
  <message>
   <source>Pre-train CNN</source>
   <translation>预训练 CNN</translation>
  </message>
  <message>
   <source>Pre-trained model</source>
   <translation>预训练模型</translation>
  </message>
  <message>
   <source>Pre-training report</source>
   <translation>预训练报告</translation>
  </message>
  <message>
   <source>Predict prospectivity</source>
   <translation>预测找矿远景</translation>
  </message>
  <message>
   <source>Predict with Bayesian neural network</source>
   <translation>用贝叶斯神经网络预测</translation>
  </message>
  <message>
   <source>Predict with recurrent network</source>
   <translation>用循环网络预测</translation>
  </message>
  <message>
   <source>Predicted grades</source>
   <translation>预测的品位</translation>
  </message>
  <message>
   <source>Predicted grades: {}</source>
   <translation>预测的品位：{}</translation>
  </message>
  <message>
   <source>Prediction</source>
   <translation>预测</translation>
  </message>
  <message>
   <source>Prediction rate at the crossing</source>
   <translation>交点处的预测率</translation>
  </message>
  <message>
   <source>Prediction-rate curve</source>
   <translation>预测率曲线</translation>
  </message>
  <message>
   <source>Prepare assays</source>
   <translation>整理化验数据</translation>
  </message>
  <message>
   <source>Preset</source>
   <translation>预设</translation>
  </message>
  <message>
   <source>Principal components</source>
   <translation>主成分</translation>
  </message>
  <message>
   <source>Principal components at most</source>
   <translation>主成分数上限</translation>
  </message>
  <message>
   <source>Probabilities</source>
   <translation>概率</translation>
  </message>
  <message>
   <source>Processor cores</source>
   <translation>处理器核数</translation>
  </message>
  <message>
   <source>Processor cores for runs whose own parameter 'Threads' is empty</source>
   <translation>用于自身“线程”参数留空的运行的处理器核数</translation>
  </message>
  <message>
   <source>Projected coordinate reference system of the result. Leave it empty to use that of the collars; it is needed when they are in degrees.</source>
   <translation>结果的投影坐标参考系。留空则用孔口的坐标参考系；孔口坐标为度时必须给出。</translation>
  </message>
  <message>
   <source>Projected coordinate reference system to work in. Leave it empty for that of the first raster that has one.</source>
   <translation>计算用的投影坐标参考系。留空则取第一个具有投影坐标的栅格的坐标参考系。</translation>
  </message>
  <message>
   <source>Projected coordinate reference system to work in. Leave it empty to use that of the samples.</source>
   <translation>计算用的投影坐标参考系。留空则用样品的坐标参考系。</translation>
  </message>
  <message>
   <source>Projected coordinate reference system to work in. Leave it empty to use that of the samples; it is needed when they are in degrees.</source>
   <translation>计算用的投影坐标参考系。留空则用样品的坐标参考系；样品坐标为度时必须给出。</translation>
  </message>
  <message>
   <source>Prospectivity</source>
   <translation>找矿远景</translation>
  </message>
  <message>
   <source>Prospectivity by Lodescope {} with a model ({}) of {} deposits. Do not trust cells with edge = 1: their windows reach over the border of the evidence or over cells without data.</source>
   <translation>由 Lodescope {} 用模型（{}）和 {} 个矿床得到的找矿远景。请勿信任 edge = 1 的单元：其窗口跨越证据的边界或没有数据的单元。</translation>
  </message>
  <message>
   <source>Prospectivity: {}</source>
   <translation>找矿远景：{}</translation>
  </message>
  <message>
   <source>PyTorch for NVIDIA graphics cards</source>
   <translation>用于 NVIDIA 显卡的 PyTorch</translation>
  </message>
  <message>
   <source>Python</source>
   <translation>Python</translation>
  </message>
  <message>
   <source>Python, or the folder of its environment</source>
   <translation>Python，或其环境的文件夹</translation>
  </message>
  <message>
   <source>QA</source>
   <translation>质量检查</translation>
  </message>
  <message>
   <source>QGIS's own Python</source>
   <translation>QGIS 自带的 Python</translation>
  </message>
  <message>
   <source>QGIS's own Python cannot be found: choose one that is there, below.</source>
   <translation>找不到 QGIS 自带的 Python：请在下面选择一个现有的。</translation>
  </message>
  <message>
   <source>Quality report</source>
   <translation>质量报告</translation>
  </message>
  <message>
   <source>Quantiles</source>
   <translation>分位数</translation>
  </message>
  <message>
   <source>Quantiles (per cent)</source>
   <translation>分位数（百分数）</translation>
  </message>
  <message>
   <source>Quantiles must lie between 0 and 100 per cent.</source>
   <translation>分位数必须在 0 到 100 % 之间。</translation>
  </message>
  <message>
   <source>Quantities</source>
   <translation>输出的量</translation>
  </message>
  <message>
   <source>R2, groups left out</source>
   <translation>R2（整组留出）</translation>
  </message>
  <message>
   <source>R2, single samples left out</source>
   <translation>R2（单个样品留出）</translation>
  </message>
  <message>
   <source>REE</source>
   <translation>REE</translation>
  </message>
  <message>
   <source>REE fields</source>
   <translation>稀土字段</translation>
  </message>
  <message>
   <source>RMSE of ordinary kriging</source>
   <translation>普通克里金的 RMSE</translation>
  </message>
  <message>
   <source>RMSE of the best kriging</source>
   <translation>最佳克里金的 RMSE</translation>
  </message>
  <message>
   <source>RMSE of the best model</source>
   <translation>最佳模型的 RMSE</translation>
  </message>
  <message>
   <source>RMSE of the best model against kriging (%)</source>
   <translation>最佳模型与克里金的 RMSE 之比（%）</translation>
  </message>
  <message>
   <source>RMSE on held-out samples</source>
   <translation>留出样品的 RMSE</translation>
  </message>
  <message>
   <source>RMSE {}, R² {}; {} % of the samples inside the 95 % interval ({}).</source>
   <translation>RMSE {}，R² {}；{} % 的样品在 95 % 区间内（{}）。</translation>
  </message>
  <message>
   <source>ROC</source>
   <translation>ROC</translation>
  </message>
  <message>
   <source>Rake</source>
   <translation>倾伏旋转角</translation>
  </message>
  <message>
   <source>Random seed</source>
   <translation>随机种子</translation>
  </message>
  <message>
   <source>Random seed: {}</source>
   <translation>随机种子：{}</translation>
  </message>
  <message>
   <source>Range</source>
   <translation>变程</translation>
  </message>
  <message>
   <source>Range (m)</source>
   <translation>变程（米）</translation>
  </message>
  <message>
   <source>Range along the major axis (m)</source>
   <translation>主轴方向变程（米）</translation>
  </message>
  <message>
   <source>Range along the minor axis (m)</source>
   <translation>短轴方向变程（米）</translation>
  </message>
  <message>
   <source>Range along the semi-major axis (m)</source>
   <translation>次轴方向变程（米）</translation>
  </message>
  <message>
   <source>Rank by</source>
   <translation>排序依据</translation>
  </message>
  <message>
   <source>Rank {} and lower</source>
   <translation>第 {} 名及以后</translation>
  </message>
  <message>
   <source>Rank {} to {}</source>
   <translation>第 {} 至 {} 名</translation>
  </message>
  <message>
   <source>Rare earths with a field</source>
   <translation>有字段的稀土元素</translation>
  </message>
  <message>
   <source>Rare-earth geochemistry</source>
   <translation>稀土地球化学</translation>
  </message>
  <message>
   <source>Rare-earth report</source>
   <translation>稀土报告</translation>
  </message>
  <message>
   <source>Raster '{}' ({} bands, {}): {}.</source>
   <translation>栅格“{}”（{} 个波段，{}）：{}。</translation>
  </message>
  <message>
   <source>Raster '{}' has a colour table or names of classes, so its numbers are taken as classes.</source>
   <translation>栅格“{}”带有颜色表或类别名称，因此其数字按类别处理。</translation>
  </message>
  <message>
   <source>Raster of predicted grades or probabilities, best with a band of their uncertainty.</source>
   <translation>预测品位或概率的栅格，最好带有不确定性波段。</translation>
  </message>
  <message>
   <source>Raster of predicted grades, of 'Krige grades' or of 'Krige probabilities'; its bands are known by their names, such as Nd_ppm:mean.</source>
   <translation>“品位克里金”或“概率克里金”的预测品位栅格；波段按名称识别，例如 Nd_ppm:mean。</translation>
  </message>
  <message>
   <source>Raster whose bands have the names of the model's features, in any order, as 'Fuse features' makes it; in space NAME@z=LEVEL.</source>
   <translation>波段名与模型特征相同的栅格，顺序不限，由“融合特征”生成；三维时为 名称@z=LEVEL。</translation>
  </message>
  <message>
   <source>Raster whose high values stand for prospective ground, of any origin.</source>
   <translation>高值表示有远景地面的栅格，来源不限。</translation>
  </message>
  <message>
   <source>Raster whose high values stand for prospective ground: probabilities, grades, any score.</source>
   <translation>高值表示有远景地面的栅格：概率、品位或任何得分。</translation>
  </message>
  <message>
   <source>Raster with the standard deviation. Leave it empty when the map has a band for it, named uncertainty, sd or variance.</source>
   <translation>标准差栅格。当该图有名为 uncertainty、sd 或 variance 的波段时留空。</translation>
  </message>
  <message>
   <source>Raster with the standard deviation. Leave it empty when the prediction has a band for it, named uncertainty, sd or variance.</source>
   <translation>标准差栅格。当预测有名为 uncertainty、sd 或 variance 的波段时留空。</translation>
  </message>
  <message>
   <source>Rasters</source>
   <translation>栅格</translation>
  </message>
  <message>
   <source>Rasters in which to look for the reasons of each target.</source>
   <translation>从中查找各靶区理由的栅格。</translation>
  </message>
  <message>
   <source>Rasters of classes</source>
   <translation>类别栅格</translation>
  </message>
  <message>
   <source>Rasters whose numbers are classes, for the model file.</source>
   <translation>数字表示类别的栅格，供模型文件使用。</translation>
  </message>
  <message>
   <source>Rasters whose numbers are classes, such as land use or a clustering; classes are never mixed.</source>
   <translation>数字表示类别的栅格，例如土地利用或聚类；类别从不混合。</translation>
  </message>
  <message>
   <source>Rasters whose numbers are classes, such as rock units; classes are never mixed.</source>
   <translation>数字表示类别的栅格，例如岩石单元；类别从不混合。</translation>
  </message>
  <message>
   <source>Rasters: choose at least one evidence raster.</source>
   <translation>栅格：请至少选择一个证据栅格。</translation>
  </message>
  <message>
   <source>Read after the text as if they stood in it, such as comments.</source>
   <translation>接在文字之后一起读取，例如备注。</translation>
  </message>
  <message>
   <source>Read from the logs by Lodescope.</source>
   <translation>由 Lodescope 从编录读取。</translation>
  </message>
  <message>
   <source>Ready after {} s: {}</source>
   <translation>{} 秒后就绪：{}</translation>
  </message>
  <message>
   <source>Realisations</source>
   <translation>模拟次数</translation>
  </message>
  <message>
   <source>Reasons per target</source>
   <translation>每个靶区的理由数</translation>
  </message>
  <message>
   <source>Recipe</source>
   <translation>配方</translation>
  </message>
  <message>
   <source>Recipe of the features</source>
   <translation>特征的配方</translation>
  </message>
  <message>
   <source>Reference</source>
   <translation>参照标准</translation>
  </message>
  <message>
   <source>Reference spectra</source>
   <translation>参考光谱</translation>
  </message>
  <message>
   <source>Reflectances with many bands whose wavelengths are known, from any sensor.</source>
   <translation>波段很多且波长已知的反射率，传感器不限。</translation>
  </message>
  <message>
   <source>Regolith</source>
   <translation>风化壳</translation>
  </message>
  <message>
   <source>Remote sensing</source>
   <translation>遥感</translation>
  </message>
  <message>
   <source>Remove</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Remove from the list; models stay</source>
   <translation>从列表中移除；模型保留</translation>
  </message>
  <message>
   <source>Removes the chosen environment that Lodescope has made</source>
   <translation>移除所选的由 Lodescope 创建的环境</translation>
  </message>
  <message>
   <source>Rename the model</source>
   <translation>重命名模型</translation>
  </message>
  <message>
   <source>Rename…</source>
   <translation>重命名…</translation>
  </message>
  <message>
   <source>Report</source>
   <translation>报告</translation>
  </message>
  <message>
   <source>Report on the reading</source>
   <translation>读取报告</translation>
  </message>
  <message>
   <source>Report on the training</source>
   <translation>训练报告</translation>
  </message>
  <message>
   <source>Rest as a part</source>
   <translation>其余作为一个部分</translation>
  </message>
  <message>
   <source>Restricted log-likelihood</source>
   <translation>限制性对数似然</translation>
  </message>
  <message>
   <source>Result</source>
   <translation>结果</translation>
  </message>
  <message>
   <source>Resume</source>
   <translation>继续</translation>
  </message>
  <message>
   <source>Rock code</source>
   <translation>岩石代码</translation>
  </message>
  <message>
   <source>Root mean square error, groups left out</source>
   <translation>均方根误差（整组留出）</translation>
  </message>
  <message>
   <source>Rows</source>
   <translation>行数</translation>
  </message>
  <message>
   <source>Rows used</source>
   <translation>使用的行</translation>
  </message>
  <message>
   <source>Rows without text</source>
   <translation>没有文字的行</translation>
  </message>
  <message>
   <source>Run</source>
   <translation>运行</translation>
  </message>
  <message>
   <source>Runs</source>
   <translation>运行</translation>
  </message>
  <message>
   <source>R² in a random split</source>
   <translation>随机划分的 R²</translation>
  </message>
  <message>
   <source>R² of the best model</source>
   <translation>最佳模型的 R²</translation>
  </message>
  <message>
   <source>R² of the best model in a random split</source>
   <translation>最佳模型在随机划分中的 R²</translation>
  </message>
  <message>
   <source>R² on held-out samples</source>
   <translation>留出样品的 R²</translation>
  </message>
  <message>
   <source>S</source>
   <translation>南</translation>
  </message>
  <message>
   <source>Samples</source>
   <translation>样品</translation>
  </message>
  <message>
   <source>Samples compared</source>
   <translation>比较的样品</translation>
  </message>
  <message>
   <source>Samples per step. Empty: 128.</source>
   <translation>每步的样品数。留空：128。</translation>
  </message>
  <message>
   <source>Samples used</source>
   <translation>使用的样品</translation>
  </message>
  <message>
   <source>Samples with features</source>
   <translation>带特征的样品</translation>
  </message>
  <message>
   <source>Samples with gaps</source>
   <translation>有缺失的样品</translation>
  </message>
  <message>
   <source>Samples with gradients</source>
   <translation>带梯度的样品</translation>
  </message>
  <message>
   <source>Samples with predicted grades</source>
   <translation>带预测品位的样品</translation>
  </message>
  <message>
   <source>Samples with rare-earth chemistry</source>
   <translation>带稀土化学的样品</translation>
  </message>
  <message>
   <source>Samples written</source>
   <translation>写出的样品</translation>
  </message>
  <message>
   <source>Samples: '{}' has no features to read; choose another layer, or switch off 'Selected features only' when nothing is selected.</source>
   <translation>样品：“{}”没有可读取的要素；请选择另一个图层，或在没有选中要素时关闭“仅选中要素”。</translation>
  </message>
  <message>
   <source>Samples: '{}' is not a layer of points; choose a point layer.</source>
   <translation>样品：“{}”不是点图层；请选择点图层。</translation>
  </message>
  <message>
   <source>Samples: the field '{}' has no value in any sample; choose another target.</source>
   <translation>样品：字段“{}”在所有样品中都没有值；请选择另一个目标。</translation>
  </message>
  <message>
   <source>Samples: the field '{}' holds {:,} different texts, so it is no log of rock types; parse it first with 'Parse drill logs', or leave it out.</source>
   <translation>样品：字段“{}”含有 {:,} 种不同的文字，因此不是岩性编录；请先用“解析钻孔编录”解析，或不使用它。</translation>
  </message>
  <message>
   <source>Samples: there is no field '{}' in '{}'; its fields are: {}.</source>
   <translation>样品：没有字段“{}”（图层“{}”）；其字段为：{}。</translation>
  </message>
  <message>
   <source>Samples: {:,} of {:,} features are used.</source>
   <translation>样品：使用 {:,} 个要素，共 {:,} 个。</translation>
  </message>
  <message>
   <source>Samples: {} samples of '{}' have a place, and at least {} are needed; choose another layer.</source>
   <translation>样品：有 {} 个样品（图层“{}”）有位置，至少需要 {} 个；请选择另一个图层。</translation>
  </message>
  <message>
   <source>Save…</source>
   <translation>保存…</translation>
  </message>
  <message>
   <source>Savitzky-Golay order</source>
   <translation>Savitzky-Golay 阶数</translation>
  </message>
  <message>
   <source>Savitzky-Golay smoothing needs an odd window above the order, not {} bands and order {}; choose for example 5 and 2.</source>
   <translation>Savitzky-Golay 平滑需要大于阶数的奇数窗口，而不是 {} 个波段和 {} 阶；例如选择 5 和 2。</translation>
  </message>
  <message>
   <source>Savitzky-Golay window</source>
   <translation>Savitzky-Golay 窗口</translation>
  </message>
  <message>
   <source>Scale of the targets</source>
   <translation>目标的尺度</translation>
  </message>
  <message>
   <source>Scales and offsets of the bands are applied (first band: {:g}, {:g}).</source>
   <translation>已应用各波段的比例和偏移（第一个波段：{:g}, {:g}）。</translation>
  </message>
  <message>
   <source>Score of the explained cell</source>
   <translation>被解释单元的得分</translation>
  </message>
  <message>
   <source>Scores lie between 100 and 100 x (1 + G): 1 gives the published 100 to 200, 10 gives 100 to 1100.</source>
   <translation>得分在 100 与 100 x (1 + G) 之间：1 得到已发表的 100 到 200，10 得到 100 到 1100。</translation>
  </message>
  <message>
   <source>Scores of all fields (JSON)</source>
   <translation>所有字段的得分（JSON）</translation>
  </message>
  <message>
   <source>Scores of the models</source>
   <translation>各模型的得分</translation>
  </message>
  <message>
   <source>Sedimentary</source>
   <translation>沉积岩</translation>
  </message>
  <message>
   <source>Seed</source>
   <translation>种子</translation>
  </message>
  <message>
   <source>Segments of the fractal curve</source>
   <translation>分形曲线的段数</translation>
  </message>
  <message>
   <source>Self-evaluation of the features</source>
   <translation>特征的自评估</translation>
  </message>
  <message>
   <source>Semi-major axis</source>
   <translation>次轴</translation>
  </message>
  <message>
   <source>Semivariance over distance (m)</source>
   <translation>半方差与距离（米）</translation>
  </message>
  <message>
   <source>Separated by commas or spaces.</source>
   <translation>用逗号或空格分隔。</translation>
  </message>
  <message>
   <source>Separated by semicolons, besides those known.</source>
   <translation>用分号分隔，补充已知的写法。</translation>
  </message>
  <message>
   <source>Set up the Python…</source>
   <translation>设置 Python…</translation>
  </message>
  <message>
   <source>Set up…</source>
   <translation>设置…</translation>
  </message>
  <message>
   <source>Several bands have the same name: {}.</source>
   <translation>多个波段同名：{}。</translation>
  </message>
  <message>
   <source>Shape of the variogram for all neighbour features. Leave it empty to fit one for each field.</source>
   <translation>所有邻近特征的变异函数形状。留空则为每个字段拟合一个。</translation>
  </message>
  <message>
   <source>Share of a composite's length that must have a value; with less it is empty.</source>
   <translation>组合样中必须有值的长度占比；不足则留空。</translation>
  </message>
  <message>
   <source>Share of samples inside the 50 % interval</source>
   <translation>在 50 % 区间内的样品比例</translation>
  </message>
  <message>
   <source>Share of samples inside the 80 % interval</source>
   <translation>在 80 % 区间内的样品比例</translation>
  </message>
  <message>
   <source>Share of samples inside the 90 % interval</source>
   <translation>在 90 % 区间内的样品比例</translation>
  </message>
  <message>
   <source>Share of samples inside the 95 % interval</source>
   <translation>在 95 % 区间内的样品比例</translation>
  </message>
  <message>
   <source>Share of the area at or above the cut</source>
   <translation>达到阈值的面积比例</translation>
  </message>
  <message>
   <source>Share of the area at the crossing</source>
   <translation>交点处的面积比例</translation>
  </message>
  <message>
   <source>Share of the bands that is hidden in each patch.</source>
   <translation>每个图块中隐藏的波段比例。</translation>
  </message>
  <message>
   <source>Share of the cells that is hidden in all bands.</source>
   <translation>所有波段中都隐藏的单元比例。</translation>
  </message>
  <message>
   <source>Share of the channels that is dropped in training.</source>
   <translation>训练时丢弃的通道比例。</translation>
  </message>
  <message>
   <source>Share of the deposits at or above the cut</source>
   <translation>达到阈值的矿床比例</translation>
  </message>
  <message>
   <source>Share of the deposits in the best 10 % of the area</source>
   <translation>最佳 10 % 面积内的矿床比例</translation>
  </message>
  <message>
   <source>Share of the deposits in the best 20 % of the area</source>
   <translation>最佳 20 % 面积内的矿床比例</translation>
  </message>
  <message>
   <source>Share of the deposits in the best 5 % of the area</source>
   <translation>最佳 5 % 面积内的矿床比例</translation>
  </message>
  <message>
   <source>Share of the known deposits in targets</source>
   <translation>靶区内的已知矿床比例</translation>
  </message>
  <message>
   <source>Share of the logs whose rock is not known</source>
   <translation>岩石未知的编录比例</translation>
  </message>
  <message>
   <source>Share of the noise variance of a sample that is left in the mean of a block.</source>
   <translation>单个样品的噪声方差残留在块段平均值中的比例。</translation>
  </message>
  <message>
   <source>Share of the uncertainty of the map removed by all sites</source>
   <translation>所有孔位消除的图面不确定性比例</translation>
  </message>
  <message>
   <source>Shift</source>
   <translation>平移</translation>
  </message>
  <message>
   <source>Shift of the logistic function; -ln 2 as published.</source>
   <translation>逻辑函数的平移；发表值为 -ln 2。</translation>
  </message>
  <message>
   <source>Short ends</source>
   <translation>短尾段</translation>
  </message>
  <message>
   <source>Show the gap to a random split</source>
   <translation>显示与随机划分的差距</translation>
  </message>
  <message>
   <source>Side of a block</source>
   <translation>块的边长</translation>
  </message>
  <message>
   <source>Side of a cell, in the unit of the CRS. Leave it empty for a round number that suits the spacing of the samples.</source>
   <translation>单元边长，单位与坐标参考系相同。留空则取适合样品间距的整数。</translation>
  </message>
  <message>
   <source>Side of the square around a place that is looked at, in the unit of the CRS, usually metres. Leave it empty for a third of a typical variogram range of the evidence.</source>
   <translation>所考察的位置周围正方形的边长，单位与坐标参考系相同，通常为米。留空则取证据典型变程的三分之一。</translation>
  </message>
  <message>
   <source>Sill</source>
   <translation>基台</translation>
  </message>
  <message>
   <source>Sill with nugget</source>
   <translation>基台（含块金）</translation>
  </message>
  <message>
   <source>Size of the steps at their largest.</source>
   <translation>最大步长。</translation>
  </message>
  <message>
   <source>Smaller pieces are left out.</source>
   <translation>更小的图斑不计入。</translation>
  </message>
  <message>
   <source>Smallest distance between sites, and from existing holes, in the unit of the CRS. Leave it empty for a tenth of the range of the variogram; 0 keeps no distance.</source>
   <translation>孔位之间以及与已有钻孔的最小距离，单位与坐标参考系相同。留空则取变异函数变程的十分之一；0 表示不保持距离。</translation>
  </message>
  <message>
   <source>Smooth outlines</source>
   <translation>平滑轮廓</translation>
  </message>
  <message>
   <source>So that one close hole does not hide the others.</source>
   <translation>以免一个很近的钻孔掩盖其他钻孔。</translation>
  </message>
  <message>
   <source>Source of the confidence</source>
   <translation>置信度来源</translation>
  </message>
  <message>
   <source>Spectra of the library</source>
   <translation>光谱库的光谱</translation>
  </message>
  <message>
   <source>Spectral features</source>
   <translation>光谱特征</translation>
  </message>
  <message>
   <source>Spectral features: {}</source>
   <translation>光谱特征：{}</translation>
  </message>
  <message>
   <source>Spectral library</source>
   <translation>光谱库</translation>
  </message>
  <message>
   <source>Spectral report</source>
   <translation>光谱报告</translation>
  </message>
  <message>
   <source>Standard deviations to take off</source>
   <translation>减去的标准差倍数</translation>
  </message>
  <message>
   <source>Start</source>
   <translation>开始</translation>
  </message>
  <message>
   <source>Start from</source>
   <translation>起点</translation>
  </message>
  <message>
   <source>Start from a model</source>
   <translation>从模型开始</translation>
  </message>
  <message>
   <source>Start from: a model is given; set 'Start from' to model, or leave it empty.</source>
   <translation>起点：给出了模型；请将“起点”设为 model，或将其留空。</translation>
  </message>
  <message>
   <source>Start from: choose the model to start from.</source>
   <translation>起点：请选择起始模型。</translation>
  </message>
  <message>
   <source>Start of the random numbers of the fit of a variogram.</source>
   <translation>拟合变异函数的随机数起点。</translation>
  </message>
  <message>
   <source>Start of the random numbers; the same seed gives the same result.</source>
   <translation>随机数的起点；相同的种子得到相同的结果。</translation>
  </message>
  <message>
   <source>Start of the random points to compare with.</source>
   <translation>用于比较的随机点的起点。</translation>
  </message>
  <message>
   <source>State</source>
   <translation>状态</translation>
  </message>
  <message>
   <source>Steepness of the logistic function.</source>
   <translation>逻辑函数的陡度。</translation>
  </message>
  <message>
   <source>Steps</source>
   <translation>步骤</translation>
  </message>
  <message>
   <source>Stop</source>
   <translation>停止</translation>
  </message>
  <message>
   <source>Straight lines fitted to the concentration-area curve. Leave it empty to let the fit decide.</source>
   <translation>拟合浓度-面积曲线的直线数。留空则由拟合决定。</translation>
  </message>
  <message>
   <source>Strength of the flux law (m)</source>
   <translation>通量定律的强度（米）</translation>
  </message>
  <message>
   <source>Structure</source>
   <translation>结构</translation>
  </message>
  <message>
   <source>Study area</source>
   <translation>研究区</translation>
  </message>
  <message>
   <source>Study area: '{}' has no polygons to read; choose another layer, or leave it empty.</source>
   <translation>研究区：“{}”没有可读取的多边形；请选择另一个图层，或将其留空。</translation>
  </message>
  <message>
   <source>Study area: {:.0%} of the cells.</source>
   <translation>研究区：占单元的 {:.0%}。</translation>
  </message>
  <message>
   <source>Success-rate curve</source>
   <translation>成功率曲线</translation>
  </message>
  <message>
   <source>Such cells, marked in the band FIELD:outside, do not count otherwise.</source>
   <translation>这些单元在波段 FIELD:outside 中标出，否则不计入。</translation>
  </message>
  <message>
   <source>Such cells, marked in the band FIELD:outside, get no score otherwise.</source>
   <translation>这些单元在波段 FIELD:outside 中标出，否则没有得分。</translation>
  </message>
  <message>
   <source>Suggest drill sites</source>
   <translation>建议孔位</translation>
  </message>
  <message>
   <source>Support</source>
   <translation>支撑</translation>
  </message>
  <message>
   <source>Survey stations</source>
   <translation>测斜站</translation>
  </message>
  <message>
   <source>Surveys</source>
   <translation>测斜</translation>
  </message>
  <message>
   <source>Switch it off where direction matters, such as for shadows or a glacial transport.</source>
   <translation>方向有意义时请关闭，例如阴影或冰川搬运。</translation>
  </message>
  <message>
   <source>TREO</source>
   <translation>TREO</translation>
  </message>
  <message>
   <source>Table of detection limits</source>
   <translation>检出限表</translation>
  </message>
  <message>
   <source>Table of detection limits: '{}' needs a text field with the names of the fields and a numeric field with their limits.</source>
   <translation>检出限表：“{}”需要一个含字段名的文本字段和一个含检出限的数字字段。</translation>
  </message>
  <message>
   <source>Table of findings</source>
   <translation>问题清单</translation>
  </message>
  <message>
   <source>Table or layer with one row for each logged interval.</source>
   <translation>每个编录区间一行的表或图层。</translation>
  </message>
  <message>
   <source>Table with assays or logs from one depth to another.</source>
   <translation>从某深度到某深度的化验或编录表。</translation>
  </message>
  <message>
   <source>Table with the company's codes and what they stand for; it goes before the common codes.</source>
   <translation>公司代码及其含义的表；优先于通用代码。</translation>
  </message>
  <message>
   <source>Table with the direction of the holes at some depths. Holes without survey are taken as vertical.</source>
   <translation>钻孔在若干深度处方向的表。没有测斜的钻孔按垂直处理。</translation>
  </message>
  <message>
   <source>Take away</source>
   <translation>移除</translation>
  </message>
  <message>
   <source>Take the grid from this raster</source>
   <translation>采用此栅格的网格</translation>
  </message>
  <message>
   <source>Taken from the fields of the samples, made without their own holes, and from the raster on the map: {}.</source>
   <translation>取自样品的字段（不使用本孔求得），图上则取自栅格：{}。</translation>
  </message>
  <message>
   <source>Target</source>
   <translation>目标</translation>
  </message>
  <message>
   <source>Target report</source>
   <translation>靶区报告</translation>
  </message>
  <message>
   <source>Targets</source>
   <translation>目标</translation>
  </message>
  <message>
   <source>Targets: choose at least one field with grades.</source>
   <translation>目标：请至少选择一个品位字段。</translation>
  </message>
  <message>
   <source>Targets: no field has the name of a rare earth; choose at least one field with grades.</source>
   <translation>目标：没有以稀土命名的字段；请至少选择一个品位字段。</translation>
  </message>
  <message>
   <source>Targets: {}</source>
   <translation>靶区：{}</translation>
  </message>
  <message>
   <source>Text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>Text file with one wavelength per line (or an ENVI header), for images that carry none.</source>
   <translation>每行一个波长的文本文件（或 ENVI 头文件），用于不带波长的影像。</translation>
  </message>
  <message>
   <source>Text that is no assay</source>
   <translation>不是化验值的文字</translation>
  </message>
  <message>
   <source>Texts that mean below detection</source>
   <translation>表示低于检出限的文字</translation>
  </message>
  <message>
   <source>Texts that mean missing</source>
   <translation>表示缺失的文字</translation>
  </message>
  <message>
   <source>That was not possible: {}.</source>
   <translation>无法完成：{}。</translation>
  </message>
  <message>
   <source>The Python named in {} does not run ({}: {}): correct the path, or clear it.</source>
   <translation>{} 中指定的 Python 不能运行（{}：{}）：请更正路径，或将其清空。</translation>
  </message>
  <message>
   <source>The algorithm {} could not be loaded: {}</source>
   <translation>算法 {} 无法加载：{}</translation>
  </message>
  <message>
   <source>The algorithm {} is not there any more.</source>
   <translation>算法 {} 已不存在。</translation>
  </message>
  <message>
   <source>The band '{}' holds {}, and the model was made with {}; put its raster into the other list.</source>
   <translation>波段“{}”含有{}，而模型使用的是{}；请将其栅格放入另一个列表。</translation>
  </message>
  <message>
   <source>The band '{}' is in {}, and the model was made with {}; convert it first.</source>
   <translation>波段“{}”的单位为 {}，而模型使用的是 {}；请先换算。</translation>
  </message>
  <message>
   <source>The bands of '{}' carry no wavelengths; give a text file with one wavelength per line, or an ENVI header, for its {} bands in 'Wavelengths'.</source>
   <translation>“{}”的波段不带波长；请在“波长”中给出每行一个波长的文本文件或 ENVI 头文件，对应其 {} 个波段。</translation>
  </message>
  <message>
   <source>The bands stand in another order than in the model; they are matched by name.</source>
   <translation>波段顺序与模型不同；按名称匹配。</translation>
  </message>
  <message>
   <source>The bench height is {:g}; give a number of metres above zero.</source>
   <translation>台阶高度为 {:g}；请给出大于零的米数。</translation>
  </message>
  <message>
   <source>The bench height of {:g} m is more than the distance between levels of '{}' ({:g} m), so that rock would count twice; leave it empty or give a smaller one.</source>
   <translation>台阶高度 {:g} 米大于“{}”的层间距离（{:g} 米），岩石会被重复计算；请留空或给出更小的值。</translation>
  </message>
  <message>
   <source>The catalogue '{}' cannot be read ({}); choose a CSV file.</source>
   <translation>目录“{}”无法读取（{}）；请选择 CSV 文件。</translation>
  </message>
  <message>
   <source>The cell size is {:g}; give a number greater than zero, or leave it empty for an automatic one.</source>
   <translation>单元大小为 {:g}；请给出大于零的数，或留空以自动选择。</translation>
  </message>
  <message>
   <source>The cell to explain ({:.10g}, {:.10g}) lies outside the raster '{}'; choose a place inside.</source>
   <translation>待解释的单元（{:.10g}, {:.10g}）在栅格“{}”之外；请选择其内的位置。</translation>
  </message>
  <message>
   <source>The cells of the raster '{}' are not square ({:g} by {:g}); give an extent and a cell size instead.</source>
   <translation>栅格“{}”的单元不是正方形（{:g} x {:g}）；请改为给出范围和单元大小。</translation>
  </message>
  <message>
   <source>The cells of the raster '{}' are not square ({:g} by {:g}); warp it (Raster, Projections) to square cells before.</source>
   <translation>栅格“{}”的单元不是正方形（{:g} x {:g}）；请先变形（栅格 &gt; 投影）为正方形单元。</translation>
  </message>
  <message>
   <source>The chosen fields {} are not used.</source>
   <translation>所选字段 {} 未被使用。</translation>
  </message>
  <message>
   <source>The commonest alterations, minerals and structures get fields, up to this many of each.</source>
   <translation>最常见的蚀变、矿物和构造各得到字段，每类最多这么多个。</translation>
  </message>
  <message>
   <source>The computation was stopped by the system, often for lack of memory: use larger cells or fewer samples, or close other programs; the same run goes on from where it stopped.</source>
   <translation>计算被系统终止，常因内存不足：请使用更大的单元或更少的样品，或关闭其他程序；同样的运行会从中断处继续。</translation>
  </message>
  <message>
   <source>The confidence that becomes 1 ({:g}) must be above the one that becomes 0 ({:g}).</source>
   <translation>变为 1 的置信度（{:g}）必须大于变为 0 的置信度（{:g}）。</translation>
  </message>
  <message>
   <source>The correction {} needs '{}'; give it or choose another correction.</source>
   <translation>校正 {} 需要“{}”；请给出它或选择另一种校正。</translation>
  </message>
  <message>
   <source>The correlation range is {:g}; give metres, or 0 for errors that are independent.</source>
   <translation>相关范围为 {:g}；请给出米数，误差独立时给出 0。</translation>
  </message>
  <message>
   <source>The cut is to be a threshold, and none was typed; give a number.</source>
   <translation>阈值方式为 threshold，但没有输入；请给出一个数。</translation>
  </message>
  <message>
   <source>The cut-off is {:g}; give a grade above zero.</source>
   <translation>边界品位为 {:g}；请给出大于零的品位。</translation>
  </message>
  <message>
   <source>The density is {:g}, more than any rock has in tonnes per cubic metre; give for example 2.7, not 2700.</source>
   <translation>密度为 {:g}，高于任何岩石的吨/立方米数；例如应为 2.7 而不是 2700。</translation>
  </message>
  <message>
   <source>The density is {:g}; give tonnes per cubic metre above zero, such as 2.7.</source>
   <translation>密度为 {:g}；请给出大于零的吨/立方米数，例如 2.7。</translation>
  </message>
  <message>
   <source>The density raster '{}' does not meet the predicted cells; choose one of the same area.</source>
   <translation>密度栅格“{}”与预测的单元不重叠；请选择同一区域的栅格。</translation>
  </message>
  <message>
   <source>The density raster '{}' has no band '{}:{}' at the level {:g}; give a band without a level, or one for each level.</source>
   <translation>密度栅格“{}”没有波段“{}:{}”的 {:g} 层；请给出不分层的波段，或每层一个波段。</translation>
  </message>
  <message>
   <source>The density raster '{}' has no band {}.</source>
   <translation>密度栅格“{}”没有波段 {}。</translation>
  </message>
  <message>
   <source>The diagnostics are on the clipboard.</source>
   <translation>诊断信息已复制到剪贴板。</translation>
  </message>
  <message>
   <source>The diffusivity layer cannot be opened: choose a raster or a polygon layer.</source>
   <translation>扩散率图层无法打开：请选择栅格或多边形图层。</translation>
  </message>
  <message>
   <source>The diffusivity layer cannot be opened: choose another one.</source>
   <translation>扩散率图层无法打开：请另选一个。</translation>
  </message>
  <message>
   <source>The disk that holds the working folder {} is full: free some space, or name a folder on another disk in the environment variable LODESCOPE_JOBS.</source>
   <translation>工作文件夹 {} 所在的磁盘已满：请腾出空间，或在环境变量 LODESCOPE_JOBS 中指定另一磁盘上的文件夹。</translation>
  </message>
  <message>
   <source>The disk that holds {} has {} MB free and the environment needs about {} MB: free some space.</source>
   <translation>{} 所在的磁盘剩余 {} MB，而环境需要约 {} MB：请腾出空间。</translation>
  </message>
  <message>
   <source>The environment is ready.</source>
   <translation>环境已就绪。</translation>
  </message>
  <message>
   <source>The evidence '{}' does not meet the map and is left out.</source>
   <translation>证据“{}”与该图不重叠，不予使用。</translation>
  </message>
  <message>
   <source>The evidence lacks bands that the model looks at: {}; it has: {}.</source>
   <translation>证据缺少模型所看的波段：{}；现有：{}。</translation>
  </message>
  <message>
   <source>The excluded areas and the area to drill leave no cell of the raster; change one of them.</source>
   <translation>排除区域和允许钻探的区域没有留下栅格的任何单元；请修改其中之一。</translation>
  </message>
  <message>
   <source>The extent '{}' has no area in {}; draw a rectangle around the samples, or leave it empty.</source>
   <translation>范围“{}”在 {} 中没有面积；请围绕样品画一个矩形，或将其留空。</translation>
  </message>
  <message>
   <source>The extent (x {:.10g} to {:.10g}, y {:.10g} to {:.10g}) does not meet the samples (x {:.10g} to {:.10g}, y {:.10g} to {:.10g}); choose an extent around the samples or leave it empty.</source>
   <translation>范围（x {:.10g} 到 {:.10g}，y {:.10g} 到 {:.10g}）与样品（x {:.10g} 到 {:.10g}，y {:.10g} 到 {:.10g}）不重叠；请选择样品周围的范围，或将其留空。</translation>
  </message>
  <message>
   <source>The extent has no area; draw a rectangle, or leave it empty.</source>
   <translation>范围没有面积；请画一个矩形，或将其留空。</translation>
  </message>
  <message>
   <source>The extent of the grid has no area; draw a rectangle or leave the extent empty.</source>
   <translation>网格的范围没有面积；请画一个矩形，或将范围留空。</translation>
  </message>
  <message>
   <source>The features of the raster '{}' have no level in common; make it again with 'Fuse features'.</source>
   <translation>栅格“{}”的各特征没有共同的层位；请用“融合特征”重新生成。</translation>
  </message>
  <message>
   <source>The file '{}' cannot be replaced ({}); close what uses it or give the result another name.</source>
   <translation>文件“{}”无法替换（{}）；请关闭使用它的程序，或给结果另取名称。</translation>
  </message>
  <message>
   <source>The file '{}' holds no wavelengths; write one number per line, for each band.</source>
   <translation>文件“{}”不含波长；请为每个波段写一行数字。</translation>
  </message>
  <message>
   <source>The file of wavelengths '{}' cannot be read ({}); choose another one.</source>
   <translation>波长文件“{}”无法读取（{}）；请另选一个。</translation>
  </message>
  <message>
   <source>The file {} cannot be written ({}): choose another place for it.</source>
   <translation>文件 {} 无法写入（{}）：请另选位置。</translation>
  </message>
  <message>
   <source>The finest raster ('{}') has cells of {:g}; they are averaged to {:g}, so that a window is about {} cells wide.</source>
   <translation>最细的栅格（“{}”）单元为 {:g}；将平均到 {:g}，使窗口约宽 {} 个单元。</translation>
  </message>
  <message>
   <source>The folder '{}' does not exist; make it first or choose another one for the result.</source>
   <translation>文件夹“{}”不存在；请先创建它，或为结果另选文件夹。</translation>
  </message>
  <message>
   <source>The folder {} cannot be made ({}).</source>
   <translation>文件夹 {} 无法创建（{}）。</translation>
  </message>
  <message>
   <source>The folder {} cannot be written ({}): close other QGIS windows and try again.</source>
   <translation>文件夹 {} 无法写入（{}）：请关闭其他 QGIS 窗口后重试。</translation>
  </message>
  <message>
   <source>The folder {} holds no wheels (files that end with .whl): choose another one, or leave the field empty to install from the package index.</source>
   <translation>文件夹 {} 不含 wheel 包（以 .whl 结尾的文件）：请另选文件夹，或留空以从软件包索引安装。</translation>
  </message>
  <message>
   <source>The gap between honest folds and a random split is told. Switch it off to save time.</source>
   <translation>给出诚实的折与随机划分之间的差距。关闭可节省时间。</translation>
  </message>
  <message>
   <source>The grade to be predicted.</source>
   <translation>要预测的品位。</translation>
  </message>
  <message>
   <source>The grid needs about {:,.1f} GB, but only {:,.1f} GB are free in '{}'; make room there or choose larger cells.</source>
   <translation>网格需要约 {:,.1f} GB，但只有 {:,.1f} GB 可用（“{}”）；请腾出空间或选择更大的单元。</translation>
  </message>
  <message>
   <source>The grid of '{}' is in {}, but the chosen CRS is {}; leave 'CRS' empty or choose another raster.</source>
   <translation>“{}”的网格为 {}，而所选坐标参考系为 {}；请将“坐标参考系”留空或选择另一个栅格。</translation>
  </message>
  <message>
   <source>The grid would have {:,} cells (about {:,.0f} GB), and at most {:,} are possible; a cell size of {:g} would give about a million cells.</source>
   <translation>网格将有 {:,} 个单元（约 {:,.0f} GB），最多允许 {:,} 个；单元大小取 {:g} 约得一百万个单元。</translation>
  </message>
  <message>
   <source>The header says that reflectances are stored times {:g}.</source>
   <translation>头文件说明反射率以 {:g} 倍存储。</translation>
  </message>
  <message>
   <source>The image could not be read</source>
   <translation>影像无法读取</translation>
  </message>
  <message>
   <source>The image holds complex numbers; choose one of reflectances.</source>
   <translation>影像含有复数；请选择反射率影像。</translation>
  </message>
  <message>
   <source>The layer could not be written to '{}' ({}); is the disk full, or does another program use the file?</source>
   <translation>图层无法写入“{}”（{}）；是磁盘已满，还是有其他程序在使用该文件？</translation>
  </message>
  <message>
   <source>The layer has no field '{}', so the parts are scaled to add up to 100 %.</source>
   <translation>图层没有字段“{}”，因此各部分按总和 100 % 缩放。</translation>
  </message>
  <message>
   <source>The log says more.</source>
   <translation>详见日志。</translation>
  </message>
  <message>
   <source>The mean of each band over the window counts besides its value in the cell. Weights of evidence take the cell only.</source>
   <translation>除单元处的值外，还使用每个波段在窗口内的平均值。证据权法只用单元处的值。</translation>
  </message>
  <message>
   <source>The minimum area is {:g}; give square metres from 0 on.</source>
   <translation>最小面积为 {:g}；请给出不小于 0 的平方米数。</translation>
  </message>
  <message>
   <source>The minimum distance is {:g}; give a distance from 0 on.</source>
   <translation>最小距离为 {:g}；请给出不小于 0 的距离。</translation>
  </message>
  <message>
   <source>The model '{}' has no transform, so there is nothing to invert.</source>
   <translation>模型“{}”没有变换，因此无可反变换。</translation>
  </message>
  <message>
   <source>The model file '{}' does not say its bands and its window; take another copy of it.</source>
   <translation>模型文件“{}”没有说明其波段和窗口；请使用另一份副本。</translation>
  </message>
  <message>
   <source>The model file '{}' does not say its features and targets; take another copy of it.</source>
   <translation>模型文件“{}”没有说明其特征和目标；请使用另一份副本。</translation>
  </message>
  <message>
   <source>The model file '{}' holds no network ({}); choose one of 'Pre-train CNN' or 'Train CNN'.</source>
   <translation>模型文件“{}”不含网络（{}）；请选择“预训练 CNN”或“训练 CNN”的模型。</translation>
  </message>
  <message>
   <source>The model file does not name the deposits it was trained on, so that they cannot be told from others.</source>
   <translation>模型文件没有列出训练用的矿床，因此无法与其他矿床区分。</translation>
  </message>
  <message>
   <source>The model file was given without the evidence it looks at; add the evidence rasters.</source>
   <translation>给出了模型文件，却没有给出它所看的证据；请添加证据栅格。</translation>
  </message>
  <message>
   <source>The model keeps errors of samples in {} dimensions and {}, which cannot be kriged on this raster, so the network alone predicts.</source>
   <translation>模型保存了 {} 维样品的误差及{}，无法在此栅格上做克里金，因此只由网络预测。</translation>
  </message>
  <message>
   <source>The model keeps errors of samples in {} dimensions, and '{}' has no such points, so the network alone predicts.</source>
   <translation>模型保存了 {} 维样品的误差，而“{}”没有这样的点，因此只由网络预测。</translation>
  </message>
  <message>
   <source>The model needs bands that the raster '{}' does not have: {}; it has: {}.</source>
   <translation>模型需要栅格“{}”没有的波段：{}；它有：{}。</translation>
  </message>
  <message>
   <source>The model needs bands that the rasters do not have: {}; they have: {}.</source>
   <translation>模型需要这些栅格没有的波段：{}；它们有：{}。</translation>
  </message>
  <message>
   <source>The model needs fields that '{}' does not have: {}; it has: {}. Make the features with the recipe of the model.</source>
   <translation>模型需要“{}”没有的字段：{}；它有：{}。请用模型的配方生成特征。</translation>
  </message>
  <message>
   <source>The model reads samples near each cell, in {} dimensions and {}, and the raster has {} dimensions and {}; make the raster again in the space of the model.</source>
   <translation>模型读取每个单元附近的样品，为 {} 维且{}，而栅格为 {} 维且{}；请在模型的空间中重新生成栅格。</translation>
  </message>
  <message>
   <source>The model reads samples near each place, and '{}' has no points in {} dimensions; give points.</source>
   <translation>模型读取每个位置附近的样品，而“{}”没有 {} 维的点；请给出点。</translation>
  </message>
  <message>
   <source>The model that made the map. It names the deposits it was trained on, which are then left out.</source>
   <translation>生成该图的模型。它列出了训练用的矿床，这些矿床将不使用。</translation>
  </message>
  <message>
   <source>The model that made the map: reasons are then the bands without which its probability drops most.</source>
   <translation>生成该图的模型：此时理由是去掉后概率下降最多的波段。</translation>
  </message>
  <message>
   <source>The model was trained in {} and the map is made in {}, with cells of the same size.</source>
   <translation>模型在 {} 中训练，图在 {} 中绘制，单元大小相同。</translation>
  </message>
  <message>
   <source>The model was trained in {} and the raster is in {}; features that hold coordinates or distances would be wrong.</source>
   <translation>模型在 {} 中训练，而栅格在 {} 中；含坐标或距离的特征会出错。</translation>
  </message>
  <message>
   <source>The model with the highest likelihood is taken. matern15, matern25 and cubic describe fields with a gradient; gaussian is so smooth that its intervals are often too narrow.</source>
   <translation>取似然最高的模型。matern15、matern25 和 cubic 描述有梯度的场；gaussian 过于平滑，其区间往往太窄。</translation>
  </message>
  <message>
   <source>The nearest level is taken. Leave it empty for the best one at that place.</source>
   <translation>取最近的层位。留空则取该处最佳的层位。</translation>
  </message>
  <message>
   <source>The number of sites is {:,}; ask for at most 1,000.</source>
   <translation>孔位数为 {:,}；最多可要 1,000 个。</translation>
  </message>
  <message>
   <source>The number of sites is {}; ask for at least one.</source>
   <translation>孔位数为 {}；请至少要一个。</translation>
  </message>
  <message>
   <source>The prediction knows the existing holes</source>
   <translation>预测已使用现有钻孔</translation>
  </message>
  <message>
   <source>The prediction-area cut needs known deposits; choose a layer of them, or another cut.</source>
   <translation>预测-面积阈值需要已知矿床；请选择其图层，或选择另一种阈值。</translation>
  </message>
  <message>
   <source>The processor only</source>
   <translation>仅处理器</translation>
  </message>
  <message>
   <source>The projection {} shows areas {:.3g} times as large as they are, and tonnages with them; warp the raster to a projection of this area, such as the UTM zone.</source>
   <translation>投影 {} 显示的面积是实际的 {:.3g} 倍，吨位也随之偏差；请将栅格变形到适合该区域的投影，例如 UTM 带。</translation>
  </message>
  <message>
   <source>The projection {} shows areas {:.3g} times as large as they are; warp the raster to a projection of this area, such as the UTM zone, for true areas.</source>
   <translation>投影 {} 显示的面积是实际的 {:.3g} 倍；要得到真实面积，请将栅格变形到适合该区域的投影，例如 UTM 带。</translation>
  </message>
  <message>
   <source>The raster '{}' cannot be read; choose a raster file that QGIS can open.</source>
   <translation>栅格“{}”无法读取；请选择 QGIS 能打开的栅格文件。</translation>
  </message>
  <message>
   <source>The raster '{}' could not be brought onto the grid</source>
   <translation>栅格“{}”无法对齐到网格</translation>
  </message>
  <message>
   <source>The raster '{}' could not be read</source>
   <translation>栅格“{}”无法读取</translation>
  </message>
  <message>
   <source>The raster '{}' has levels, but the samples have no elevations; choose another raster.</source>
   <translation>栅格“{}”分层，但样品没有高程；请选择另一个栅格。</translation>
  </message>
  <message>
   <source>The raster '{}' has no CRS; it is taken to be in {}.</source>
   <translation>栅格“{}”没有坐标参考系；按 {} 处理。</translation>
  </message>
  <message>
   <source>The raster '{}' has no band {}, only {}.</source>
   <translation>栅格“{}”没有波段 {}，只有 {}。</translation>
  </message>
  <message>
   <source>The raster '{}' has no bands such as FIELD:mean or FIELD:estimate, by which predictions and kriged grades are known (its bands: {}); choose a raster that Lodescope made.</source>
   <translation>栅格“{}”没有 FIELD:mean 或 FIELD:estimate 之类的波段，无法识别预测和克里金品位（其波段：{}）；请选择 Lodescope 生成的栅格。</translation>
  </message>
  <message>
   <source>The raster '{}' has no cells to take the grid from.</source>
   <translation>栅格“{}”没有可取作网格的单元。</translation>
  </message>
  <message>
   <source>The raster '{}' has no field '{}'; its fields are: {}.</source>
   <translation>栅格“{}”没有字段“{}”；其字段为：{}。</translation>
  </message>
  <message>
   <source>The raster '{}' has no place in {}; choose another CRS or remove it.</source>
   <translation>栅格“{}”在 {} 中没有位置；请选择另一坐标参考系或移除它。</translation>
  </message>
  <message>
   <source>The raster '{}' has no position on the map; georeference it first.</source>
   <translation>栅格“{}”在地图上没有位置；请先进行地理配准。</translation>
  </message>
  <message>
   <source>The raster '{}' has no value at any sample: it does not overlap them, or all of it is nodata; check its CRS or leave it out.</source>
   <translation>栅格“{}”在任何样品处都没有值：它与样品不重叠，或全为无数据；请检查其坐标参考系或不使用它。</translation>
  </message>
  <message>
   <source>The raster '{}' has one level only, so that the height of its cells is not known; give the bench height in metres.</source>
   <translation>栅格“{}”只有一层，因此单元高度未知；请给出台阶高度（米）。</translation>
  </message>
  <message>
   <source>The raster '{}' has {} bands, too few for spectra; choose a hyperspectral image.</source>
   <translation>栅格“{}”有 {} 个波段，不足以构成光谱；请选择高光谱影像。</translation>
  </message>
  <message>
   <source>The raster '{}' holds bands of '{}' both with and without an elevation; keep one kind only.</source>
   <translation>栅格“{}”中“{}”的波段既有带高程的也有不带高程的；请只保留一种。</translation>
  </message>
  <message>
   <source>The raster '{}' holds no probability above a cut-off; give the cut-off of '{}'.</source>
   <translation>栅格“{}”没有高于边界品位的概率；请给出“{}”的边界品位。</translation>
  </message>
  <message>
   <source>The raster '{}' holds several fields ({}); name one of them as field.</source>
   <translation>栅格“{}”含有多个字段（{}）；请指定其中之一。</translation>
  </message>
  <message>
   <source>The raster '{}' is in degrees ({}), in which distances between holes cannot be measured; warp it to a projected CRS, such as the UTM zone.</source>
   <translation>栅格“{}”的坐标为度（{}），无法量测钻孔间的距离；请变形到投影坐标参考系，例如 UTM 带。</translation>
  </message>
  <message>
   <source>The raster '{}' is not north up; warp it (Raster, Projections) before.</source>
   <translation>栅格“{}”不是北向上；请先变形（栅格 &gt; 投影）。</translation>
  </message>
  <message>
   <source>The raster '{}' was kriged and knows the grades of the samples, so it cannot be a feature at them. Choose its field in 'Fields to krige here', give the samples with gradients that 'Map flux gradients' makes, or tick 'Kriged rasters come from other samples'.</source>
   <translation>栅格“{}”由克里金得到，知道样品的品位，因此不能作为样品处的特征。请在“在此做克里金的字段”中选择其字段，或使用“绘制通量梯度”生成的带梯度的样品，或勾选“克里金栅格来自其他样品”。</translation>
  </message>
  <message>
   <source>The raster has no coordinate reference system; its coordinates are taken as metres.</source>
   <translation>栅格没有坐标参考系；其坐标按米处理。</translation>
  </message>
  <message>
   <source>The raster is in degrees ({}), so that the area of its cells is not known; warp it to a projected CRS before, such as the UTM zone.</source>
   <translation>栅格的坐标为度（{}），单元面积未知；请先变形到投影坐标参考系，例如 UTM 带。</translation>
  </message>
  <message>
   <source>The rasters are in degrees ({}), in which windows cannot be measured; choose a projected CRS, such as the UTM zone of the area, in 'CRS'.</source>
   <translation>栅格的坐标为度（{}），无法量测窗口；请在“坐标参考系”中选择投影坐标参考系，例如该区的 UTM 带。</translation>
  </message>
  <message>
   <source>The recipe that 'Fuse features' wrote with these samples; it is kept inside the model. Leave it empty when the features come from elsewhere.</source>
   <translation>“融合特征”与这些样品一起写出的配方；它保存在模型内。特征来自别处时留空。</translation>
  </message>
  <message>
   <source>The result could not be written to '{}'</source>
   <translation>结果无法写入“{}”</translation>
  </message>
  <message>
   <source>The result gets exactly the cells of this raster; extent and cell size are then not used.</source>
   <translation>结果恰好采用此栅格的单元；范围和单元大小不再使用。</translation>
  </message>
  <message>
   <source>The result would overwrite the image '{}'; choose another file.</source>
   <translation>结果会覆盖影像“{}”；请选择另一个文件。</translation>
  </message>
  <message>
   <source>The result would overwrite the raster '{}'; choose another file.</source>
   <translation>结果会覆盖栅格“{}”；请选择另一个文件。</translation>
  </message>
  <message>
   <source>The run goes on from where it stood</source>
   <translation>运行从停下的地方继续</translation>
  </message>
  <message>
   <source>The run stands still and can be resumed, even in another session</source>
   <translation>运行已停住，可以继续，下次打开 QGIS 时也可以</translation>
  </message>
  <message>
   <source>The run was cancelled.</source>
   <translation>运行已取消。</translation>
  </message>
  <message>
   <source>The run was cancelled; nothing was written.</source>
   <translation>运行已取消；没有写出任何内容。</translation>
  </message>
  <message>
   <source>The same of the median</source>
   <translation>中位数的同类值</translation>
  </message>
  <message>
   <source>The same run elsewhere</source>
   <translation>以其他方式进行同样的运行</translation>
  </message>
  <message>
   <source>The same seed gives the same result.</source>
   <translation>相同的种子得到相同的结果。</translation>
  </message>
  <message>
   <source>The sample project cannot be written into {} ({}): choose another folder.</source>
   <translation>示例工程无法写入 {}（{}）：请另选文件夹。</translation>
  </message>
  <message>
   <source>The scores then tell how well the map fits, not how well it predicts.</source>
   <translation>此时得分反映的是图的拟合程度，而不是预测能力。</translation>
  </message>
  <message>
   <source>The study area '{}' does not meet the rasters; choose polygons that do.</source>
   <translation>研究区“{}”与栅格不重叠；请选择重叠的多边形。</translation>
  </message>
  <message>
   <source>The study area '{}' holds no cell of the rasters; choose polygons that meet them.</source>
   <translation>研究区“{}”不含栅格的任何单元；请选择与其相交的多边形。</translation>
  </message>
  <message>
   <source>The target '{}' has no reference spectrum of that name; the library holds {}.</source>
   <translation>靶标“{}”没有同名的参考光谱；光谱库有 {}。</translation>
  </message>
  <message>
   <source>The ten best cells as points with their factors.</source>
   <translation>十个最佳单元及其因子（点）。</translation>
  </message>
  <message>
   <source>The tiles of the map could not be kept in '{}' ({}); make room on that disk.</source>
   <translation>图块无法保存在“{}”（{}）；请腾出该磁盘的空间。</translation>
  </message>
  <message>
   <source>The training '{}' is done.</source>
   <translation>训练“{}”已完成。</translation>
  </message>
  <message>
   <source>The uncertainty has no data in any target; they are ranked without it.</source>
   <translation>不确定性在任何靶区内都没有数据；排序时不使用它。</translation>
  </message>
  <message>
   <source>The unit of '{}' is not known, which tonnes of metal need; choose it under 'Unit of the grades'.</source>
   <translation>“{}”的单位未知，而计算金属吨数需要单位；请在“品位单位”中选择。</translation>
  </message>
  <message>
   <source>The variogram file '{}' cannot be read ({}); choose a file made by 'Fit variogram' or leave it empty.</source>
   <translation>变异函数文件“{}”无法读取（{}）；请选择由“拟合变异函数”生成的文件，或将其留空。</translation>
  </message>
  <message>
   <source>The wavelengths of '{}' ({}) cannot be used: {}.</source>
   <translation>“{}”的波长（{}）不能使用：{}。</translation>
  </message>
  <message>
   <source>The weights must be zero or more, and one of them above zero.</source>
   <translation>权重必须不小于零，且其中一个大于零。</translation>
  </message>
  <message>
   <source>The worker ended without a result (exit code {}): the log of this run says more.</source>
   <translation>工作进程结束但没有结果（退出码 {}）：详见本次运行的日志。</translation>
  </message>
  <message>
   <source>The worker speaks protocol {} and this plugin {}: install Lodescope again and restart QGIS.</source>
   <translation>工作进程使用协议 {}，本插件使用 {}：请重新安装 Lodescope 并重启 QGIS。</translation>
  </message>
  <message>
   <source>The worker's Python {} does not start ({}): check the setting lodescope/python.</source>
   <translation>工作进程的 Python {} 无法启动（{}）：请检查设置 lodescope/python。</translation>
  </message>
  <message>
   <source>The working folder {} cannot be written ({}): mend its permissions, or name another folder in the environment variable LODESCOPE_JOBS.</source>
   <translation>工作文件夹 {} 无法写入（{}）：请修正其权限，或在环境变量 LODESCOPE_JOBS 中指定另一个文件夹。</translation>
  </message>
  <message>
   <source>The working folder {} cannot hold the {:.2f} GB of this run ({}): free some space, or name a folder on another disk in the environment variable LODESCOPE_JOBS.</source>
   <translation>工作文件夹 {} 容纳不下本次运行的 {:.2f} GB（{}）：请腾出空间，或在环境变量 LODESCOPE_JOBS 中指定另一磁盘上的文件夹。</translation>
  </message>
  <message>
   <source>Their kriged value and gradient become features that exist everywhere; at a sample they are made without its own hole.</source>
   <translation>其克里金值和梯度成为处处存在的特征；在样品处不使用本孔求得。</translation>
  </message>
  <message>
   <source>Their share of the area with data</source>
   <translation>它们占有数据面积的比例</translation>
  </message>
  <message>
   <source>These features are known at the samples only, so a map cannot be made from them: {}. Choose them in 'Fields to krige here' instead, or set the use to 'xrf_first'.</source>
   <translation>这些特征只在样品处已知，因此不能用来制图：{}。请改在“在此做克里金的字段”中选择它们，或将用途设为“xrf_first”。</translation>
  </message>
  <message>
   <source>Third axis / along</source>
   <translation>第三轴 / 纵向</translation>
  </message>
  <message>
   <source>This Python cannot make environments: install its package python3-venv, or start from another Python.</source>
   <translation>此 Python 不能创建环境：请安装其 python3-venv 包，或从另一个 Python 开始。</translation>
  </message>
  <message>
   <source>This computation</source>
   <translation>此计算</translation>
  </message>
  <message>
   <source>This part is not needed; going on without it.</source>
   <translation>这一部分不是必需的；不用它继续。</translation>
  </message>
  <message>
   <source>This variogram is for values with the transform '{}', the points have '{}'.</source>
   <translation>此变异函数针对变换为“{}”的数值，而实验点为“{}”。</translation>
  </message>
  <message>
   <source>Threads</source>
   <translation>线程</translation>
  </message>
  <message>
   <source>Threshold</source>
   <translation>阈值</translation>
  </message>
  <message>
   <source>Tick it when rasters that Lodescope kriged were made from another survey than these samples. Otherwise they know the grades of the samples, and are refused.</source>
   <translation>当 Lodescope 的克里金栅格来自与这些样品不同的勘查时勾选。否则它们知道样品的品位，会被拒绝。</translation>
  </message>
  <message>
   <source>Time</source>
   <translation>时间</translation>
  </message>
  <message>
   <source>To</source>
   <translation>至</translation>
  </message>
  <message>
   <source>To (log)</source>
   <translation>至（编录）</translation>
  </message>
  <message>
   <source>Tonnage</source>
   <translation>吨位</translation>
  </message>
  <message>
   <source>Tonnage of all cells</source>
   <translation>全部单元的吨位</translation>
  </message>
  <message>
   <source>Tonnes per cubic metre of dry rock; where a density raster has no value, this one is taken.</source>
   <translation>干岩石的吨/立方米数；密度栅格没有值处取此值。</translation>
  </message>
  <message>
   <source>Too few samples for a cross-validation.</source>
   <translation>样品太少，无法交叉验证。</translation>
  </message>
  <message>
   <source>Traces</source>
   <translation>轨迹</translation>
  </message>
  <message>
   <source>Train Bayesian neural network</source>
   <translation>训练贝叶斯神经网络</translation>
  </message>
  <message>
   <source>Train CNN</source>
   <translation>训练 CNN</translation>
  </message>
  <message>
   <source>Train log parser</source>
   <translation>训练编录解析器</translation>
  </message>
  <message>
   <source>Train models</source>
   <translation>训练模型</translation>
  </message>
  <message>
   <source>Train prospectivity baseline</source>
   <translation>训练找矿远景基准模型</translation>
  </message>
  <message>
   <source>Train recurrent network down the hole</source>
   <translation>训练沿孔循环网络</translation>
  </message>
  <message>
   <source>Train the last layer only</source>
   <translation>只训练最后一层</translation>
  </message>
  <message>
   <source>Training deposits in 20 % of the area (0 to 1)</source>
   <translation>占面积 20 % 的范围内的训练矿床（0 到 1）</translation>
  </message>
  <message>
   <source>Training report</source>
   <translation>训练报告</translation>
  </message>
  <message>
   <source>Trains each model once more on a random split, which flatters.</source>
   <translation>每个模型另在随机划分上训练一次，其得分偏高。</translation>
  </message>
  <message>
   <source>Trains the best model once more in all folds without gradients, without spectra, without assays and so on. It takes the time of that model for each kind.</source>
   <translation>最佳模型在所有折中再分别去掉梯度、光谱、化验等训练一次。每一类耗时与该模型相同。</translation>
  </message>
  <message>
   <source>Transform</source>
   <translation>变换</translation>
  </message>
  <message>
   <source>Transformed fields, separated by semicolons</source>
   <translation>变换后的字段，用分号分隔</translation>
  </message>
  <message>
   <source>Try again</source>
   <translation>重试</translation>
  </message>
  <message>
   <source>Turn and mirror windows</source>
   <translation>旋转和镜像窗口</translation>
  </message>
  <message>
   <source>Type field</source>
   <translation>类型字段</translation>
  </message>
  <message>
   <source>Types to learn</source>
   <translation>要学习的类型</translation>
  </message>
  <message>
   <source>Types to learn were given, but no type field; choose the field of the types.</source>
   <translation>给出了要学习的类型，却没有类型字段；请选择类型字段。</translation>
  </message>
  <message>
   <source>Types to learn: no deposit has the type '{}'; there are: {}.</source>
   <translation>要学习的类型：没有类型为“{}”的矿床；现有：{}。</translation>
  </message>
  <message>
   <source>US survey feet</source>
   <translation>美制测量英尺</translation>
  </message>
  <message>
   <source>Uncertainty</source>
   <translation>不确定性</translation>
  </message>
  <message>
   <source>Uncertainty: band {} of '{}'.</source>
   <translation>不确定性：波段 {}（“{}”）。</translation>
  </message>
  <message>
   <source>Uncertainty: none is known; the map has no band for it and no raster was given.</source>
   <translation>不确定性：未知；该图没有相应波段，也没有给出栅格。</translation>
  </message>
  <message>
   <source>Uncertainty: the band '{}' of the map.</source>
   <translation>不确定性：该图的波段“{}”。</translation>
  </message>
  <message>
   <source>Unit</source>
   <translation>单位</translation>
  </message>
  <message>
   <source>Unit field of the geological map</source>
   <translation>地质图的单元字段</translation>
  </message>
  <message>
   <source>Unit field of the polygons</source>
   <translation>多边形的单元字段</translation>
  </message>
  <message>
   <source>Unit of '{}': {}, as the raster says.</source>
   <translation>“{}”的单位：{}，依据栅格。</translation>
  </message>
  <message>
   <source>Unit of '{}': {}, by its name.</source>
   <translation>“{}”的单位：{}，依据名称。</translation>
  </message>
  <message>
   <source>Unit of all depths in the tables. A foot is 0.3048 m; where the CRS is in US survey feet it is one of those.</source>
   <translation>各表中所有深度的单位。1 英尺为 0.3048 米；坐标参考系为美制测量英尺时按其计算。</translation>
  </message>
  <message>
   <source>Unit of coordinates without CRS</source>
   <translation>无坐标参考系时的坐标单位</translation>
  </message>
  <message>
   <source>Unit of depths</source>
   <translation>深度单位</translation>
  </message>
  <message>
   <source>Unit of eastings and northings when the collars have no CRS; auto is metres.</source>
   <translation>孔口没有坐标参考系时东、北坐标的单位；auto 为米。</translation>
  </message>
  <message>
   <source>Unit of elevations</source>
   <translation>高程单位</translation>
  </message>
  <message>
   <source>Unit of oxides and sums in the result.</source>
   <translation>结果中氧化物及总和的单位。</translation>
  </message>
  <message>
   <source>Unit of the assays by weight. auto takes it from the field names and asks when they do not tell.</source>
   <translation>化验的重量单位。auto 从字段名判断，无法判断时会提示。</translation>
  </message>
  <message>
   <source>Unit of the field</source>
   <translation>字段单位</translation>
  </message>
  <message>
   <source>Unit of the grades</source>
   <translation>品位单位</translation>
  </message>
  <message>
   <source>Unit of the result</source>
   <translation>结果单位</translation>
  </message>
  <message>
   <source>Units</source>
   <translation>单位</translation>
  </message>
  <message>
   <source>Units of fields whose names have none: FIELD=ppm; FIELD=pct. Known: pct, permil, ppm, ppb, g/t, oz/t. Text with another unit is converted.</source>
   <translation>名称中没有单位的字段的单位：字段=ppm; 字段=pct。已知：pct、permil、ppm、ppb、g/t、oz/t。带其他单位的文字会换算。</translation>
  </message>
  <message>
   <source>Units of the memory</source>
   <translation>记忆单元数</translation>
  </message>
  <message>
   <source>Upper end of its 95 % interval</source>
   <translation>其 95 % 区间的上端</translation>
  </message>
  <message>
   <source>Upper end of the stretch.</source>
   <translation>拉伸的上端。</translation>
  </message>
  <message>
   <source>Upper tail</source>
   <translation>上尾</translation>
  </message>
  <message>
   <source>Use</source>
   <translation>用途</translation>
  </message>
  <message>
   <source>Use a Python that is there</source>
   <translation>使用现有的 Python</translation>
  </message>
  <message>
   <source>Use deposits of the training as well</source>
   <translation>也使用训练用的矿床</translation>
  </message>
  <message>
   <source>Use it</source>
   <translation>使用</translation>
  </message>
  <message>
   <source>Use its parameters for a new run</source>
   <translation>将其参数用于新的运行</translation>
  </message>
  <message>
   <source>Used when 'Start from' is model.</source>
   <translation>当“起点”为 model 时使用。</translation>
  </message>
  <message>
   <source>Used when no band holds the probability above the cut-off. quantiles: a power of the grade is normal, as p10, p50 and p90 tell. auto chooses and says so.</source>
   <translation>没有波段含有高于边界品位的概率时使用。quantiles：品位的某次幂服从正态分布，由 p10、p50 和 p90 得出。auto 自行选择并说明。</translation>
  </message>
  <message>
   <source>Used with 'multiply'.</source>
   <translation>与“multiply”一起使用。</translation>
  </message>
  <message>
   <source>Validation</source>
   <translation>验证</translation>
  </message>
  <message>
   <source>Value V of the explained cell</source>
   <translation>被解释单元的价值 V</translation>
  </message>
  <message>
   <source>Value at the crossing of the prediction-area plot</source>
   <translation>预测-面积图交点处的值</translation>
  </message>
  <message>
   <source>Value from which a cell belongs to a target.</source>
   <translation>达到此值的单元属于靶区。</translation>
  </message>
  <message>
   <source>Value from which a cell counts as prospective. Leave it empty for the crossing of the prediction-area plot.</source>
   <translation>达到此值的单元算有远景。留空则取预测-面积图的交点。</translation>
  </message>
  <message>
   <source>Value report</source>
   <translation>价值报告</translation>
  </message>
  <message>
   <source>Value score</source>
   <translation>价值评分</translation>
  </message>
  <message>
   <source>Value score: {}</source>
   <translation>价值评分：{}</translation>
  </message>
  <message>
   <source>Value that a new hole has to beat. Leave it empty for the highest prediction at an existing hole, or of the map when there is none.</source>
   <translation>新孔必须超过的值。留空则取已有钻孔处的最高预测；没有钻孔则取图上的最高预测。</translation>
  </message>
  <message>
   <source>Values</source>
   <translation>数值</translation>
  </message>
  <message>
   <source>Values above range</source>
   <translation>超量程的值</translation>
  </message>
  <message>
   <source>Values below detection</source>
   <translation>低于检出限的值</translation>
  </message>
  <message>
   <source>Values of the type field, separated by commas; deposits of other types are left out. Empty: all.</source>
   <translation>类型字段的值，用逗号分隔；其他类型的矿床不使用。留空：全部。</translation>
  </message>
  <message>
   <source>Values that stay missing</source>
   <translation>仍缺失的值</translation>
  </message>
  <message>
   <source>Values were divided by</source>
   <translation>数值曾除以</translation>
  </message>
  <message>
   <source>Variance of hidden values that is told (0 to 1)</source>
   <translation>被解释的隐藏值方差（0 到 1）</translation>
  </message>
  <message>
   <source>Variances from the variogram file</source>
   <translation>方差取自变异函数文件</translation>
  </message>
  <message>
   <source>Variogram</source>
   <translation>变异函数</translation>
  </message>
  <message>
   <source>Variogram file</source>
   <translation>变异函数文件</translation>
  </message>
  <message>
   <source>Variogram files (*.json)</source>
   <translation>变异函数文件 (*.json)</translation>
  </message>
  <message>
   <source>Variogram report</source>
   <translation>变异函数报告</translation>
  </message>
  <message>
   <source>Variogram to check</source>
   <translation>要检验的变异函数</translation>
  </message>
  <message>
   <source>Veins and ore</source>
   <translation>脉和矿石</translation>
  </message>
  <message>
   <source>Versions</source>
   <translation>版本</translation>
  </message>
  <message>
   <source>Vertical</source>
   <translation>垂直</translation>
  </message>
  <message>
   <source>Volume (m³)</source>
   <translation>体积（立方米）</translation>
  </message>
  <message>
   <source>W</source>
   <translation>西</translation>
  </message>
  <message>
   <source>Wavelengths</source>
   <translation>波长</translation>
  </message>
  <message>
   <source>Wavelengths from {}, {:.4g} to {:.4g} µm; unit {} ({}).</source>
   <translation>波长取自{}，{:.4g} 到 {:.4g} 微米；单位 {}（{}）。</translation>
  </message>
  <message>
   <source>Weight field</source>
   <translation>权重字段</translation>
  </message>
  <message>
   <source>Weight of the chance</source>
   <translation>概率的权重</translation>
  </message>
  <message>
   <source>Weight of the confidence</source>
   <translation>置信度的权重</translation>
  </message>
  <message>
   <source>Weight of the mean over cut-off</source>
   <translation>均值与边界品位之比的权重</translation>
  </message>
  <message>
   <source>Weight of the prior</source>
   <translation>先验的权重</translation>
  </message>
  <message>
   <source>Weights of evidence, logistic regression, random forest and gradient boosting are scored in the same folds. Switch it off to save time.</source>
   <translation>在相同的折中给证据权、逻辑回归、随机森林和梯度提升评分。关闭可节省时间。</translation>
  </message>
  <message>
   <source>What deposits are told from. unlabelled: any ground, drawn anew for each member, as it may hold deposits that nobody knows (positive-unlabelled learning with bagging). random: ground away from deposits. stratified: the same, equally much of each geological unit.</source>
   <translation>矿床与什么相区分。unlabelled：任何地面，每个成员重新抽取，因为其中可能有无人知晓的矿床（带 bagging 的正例-未标记学习）。random：远离矿床的地面。stratified：同上，每个地质单元等量。</translation>
  </message>
  <message>
   <source>What is left below the last composite and is shorter than half of one: merged with it, kept, or discarded. equal cuts each stretch into equal composites of about the length.</source>
   <translation>最后一个组合样之下不足半个长度的剩余部分：与其合并、保留或丢弃。equal 把每一段等分为约此长度的组合样。</translation>
  </message>
  <message>
   <source>What is measured of each feature: depth as a share of the continuum, position and width in micrometres, area in micrometres, asymmetry from -1 to 1.</source>
   <translation>每个特征量测什么：深度（占连续统的比例）、位置和宽度（微米）、面积（微米）、不对称性（-1 到 1）。</translation>
  </message>
  <message>
   <source>What near samples tell (errors of the model, and grades) is kriged and added, where the model keeps it. Without it the network alone predicts.</source>
   <translation>在模型保存了附近样品信息（模型误差和品位）的情况下，对其做克里金并加上。否则只由网络预测。</translation>
  </message>
  <message>
   <source>What occurs in fewer rows gets no fields of its own.</source>
   <translation>出现行数更少的内容不单列字段。</translation>
  </message>
  <message>
   <source>What reflectances are stored times, such as 10000. Leave it empty to judge by the values.</source>
   <translation>反射率存储时乘的倍数，例如 10000。留空则由数值判断。</translation>
  </message>
  <message>
   <source>Whether log-ratios count what was not analysed, up to 100 %, as a part. auto: when all units are known and no row exceeds 100 %.</source>
   <translation>对数比是否把未分析的部分（至 100 %）算作一个部分。auto：当所有单位已知且没有一行超过 100 % 时。</translation>
  </message>
  <message>
   <source>Whether the assays are those of elements or of oxides. auto takes it from the field names: La is the element, La2O3 the oxide.</source>
   <translation>化验是元素还是氧化物的。auto 从字段名判断：La 为元素，La2O3 为氧化物。</translation>
  </message>
  <message>
   <source>Whether their results went into the map. If not, what they tell is taken off the uncertainty first; so it is whenever no uncertainty is known.</source>
   <translation>其结果是否已用于该图。若没有，先从不确定性中扣除它们提供的信息；不确定性未知时也如此处理。</translation>
  </message>
  <message>
   <source>Which break is the cut, counted from the highest value. Leave it empty for the highest one with at least 1 % of the area above.</source>
   <translation>以第几个断点为阈值，从最高值数起。留空则取其上至少有 1 % 面积的最高断点。</translation>
  </message>
  <message>
   <source>Which deposits were used</source>
   <translation>使用了哪些矿床</translation>
  </message>
  <message>
   <source>Which elements count as light; the others and Y are heavy.</source>
   <translation>哪些元素算轻稀土；其余和 Y 为重稀土。</translation>
  </message>
  <message>
   <source>Which elements make up MREO.</source>
   <translation>哪些元素构成 MREO。</translation>
  </message>
  <message>
   <source>Why there are fewer sites than asked for</source>
   <translation>孔位少于要求的原因</translation>
  </message>
  <message>
   <source>Width of the network. More need more deposits.</source>
   <translation>网络宽度。越宽需要的矿床越多。</translation>
  </message>
  <message>
   <source>Width of the network; that of the training that starts from it has to be the same.</source>
   <translation>网络宽度；以它为起点的训练必须取相同的值。</translation>
  </message>
  <message>
   <source>Window</source>
   <translation>窗口</translation>
  </message>
  <message>
   <source>Window: {:g} ({}), {} x {} cells of {:g}.</source>
   <translation>窗口：{:g}（{}），{} x {} 个 {:g} 的单元。</translation>
  </message>
  <message>
   <source>With it the error of the imputation is also measured without samples of the same hole.</source>
   <translation>有了它还会量测不用同一钻孔样品时的插补误差。</translation>
  </message>
  <message>
   <source>With which forms start; the same seed gives the same result</source>
   <translation>表单的初始种子；相同的种子得到相同的结果</translation>
  </message>
  <message>
   <source>Without a value at any sample, and so left out: {}.</source>
   <translation>在任何样品处都没有值，因而略去：{}。</translation>
  </message>
  <message>
   <source>WofE</source>
   <translation>WofE</translation>
  </message>
  <message>
   <source>Words, separated by commas; spectra with one of them in their name are taken. Leave it empty for all.</source>
   <translation>词语，用逗号分隔；取名称含有其中之一的光谱。留空则全部。</translation>
  </message>
  <message>
   <source>Worker {}: {}</source>
   <translation>工作进程 {}：{}</translation>
  </message>
  <message>
   <source>Worker's Python</source>
   <translation>工作进程的 Python</translation>
  </message>
  <message>
   <source>Worker's Python…</source>
   <translation>工作进程的 Python…</translation>
  </message>
  <message>
   <source>Workflows</source>
   <translation>工作流程</translation>
  </message>
  <message>
   <source>Write a note…</source>
   <translation>写备注…</translation>
  </message>
  <message>
   <source>Write the normalised pattern</source>
   <translation>写出标准化配分</translation>
  </message>
  <message>
   <source>Written into the file and the report, for example ppm.</source>
   <translation>写入文件和报告，例如 ppm。</translation>
  </message>
  <message>
   <source>XRF</source>
   <translation>XRF</translation>
  </message>
  <message>
   <source>Z of the points</source>
   <translation>点的 Z 值</translation>
  </message>
  <message>
   <source>Zeros mean</source>
   <translation>零表示</translation>
  </message>
  <message>
   <source>Zoom to its extent</source>
   <translation>缩放到其范围</translation>
  </message>
  <message>
   <source>a third of the lower quartile of the variogram ranges of the bands, as far as the area allows</source>
   <translation>各波段变异函数变程下四分位数的三分之一，在区域允许的范围内</translation>
  </message>
  <message>
   <source>ablation</source>
   <translation>消融</translation>
  </message>
  <message>
   <source>absorption</source>
   <translation>吸收</translation>
  </message>
  <message>
   <source>adam, which the presets take, or sgd: stochastic gradient descent with momentum 0.9, which needs many more epochs.</source>
   <translation>预设所用的 adam，或 sgd：动量为 0.9 的随机梯度下降，所需轮数多得多。</translation>
  </message>
  <message>
   <source>aleatoric</source>
   <translation>偶然不确定性</translation>
  </message>
  <message>
   <source>align</source>
   <translation>对齐</translation>
  </message>
  <message>
   <source>alteration</source>
   <translation>蚀变</translation>
  </message>
  <message>
   <source>anisotropy</source>
   <translation>各向异性</translation>
  </message>
  <message>
   <source>anomaly</source>
   <translation>异常</translation>
  </message>
  <message>
   <source>as asked for</source>
   <translation>按要求</translation>
  </message>
  <message>
   <source>as stated</source>
   <translation>按说明</translation>
  </message>
  <message>
   <source>assay</source>
   <translation>化验</translation>
  </message>
  <message>
   <source>auto decides from all values of a field, and refuses when 1,234 could be either.</source>
   <translation>auto 由字段的全部值判断；1,234 两种解释都可能时拒绝。</translation>
  </message>
  <message>
   <source>auto refuses images that look like radiance. reflectance takes the values as reflectances whatever they look like.</source>
   <translation>auto 拒绝看似辐亮度的影像。reflectance 不论外观一律按反射率处理。</translation>
  </message>
  <message>
   <source>auto takes the transformer where PyTorch is there, else the dictionary, and says so.</source>
   <translation>auto 在有 PyTorch 时使用 Transformer，否则使用词典，并予以说明。</translation>
  </message>
  <message>
   <source>auto takes the unit that the raster names, else that of the collars' CRS.</source>
   <translation>auto 取栅格所注单位，否则取孔口坐标参考系的单位。</translation>
  </message>
  <message>
   <source>auto: below detection before log, Box-Cox and log-ratios, else real values.</source>
   <translation>auto：在对数、Box-Cox 和对数比之前视为低于检出限，否则视为真实值。</translation>
  </message>
  <message>
   <source>back-transform</source>
   <translation>反变换</translation>
  </message>
  <message>
   <source>band {}</source>
   <translation>波段 {}</translation>
  </message>
  <message>
   <source>baseline</source>
   <translation>基准</translation>
  </message>
  <message>
   <source>because they are all equal</source>
   <translation>因为它们全部相等</translation>
  </message>
  <message>
   <source>below: below detection, -0.5 is &lt;0.5. real: true values. missing. auto: below when they are few different numbers or the field is a concentration; the log says so.</source>
   <translation>below：低于检出限，-0.5 即 &lt;0.5。real：真实值。missing：缺失。auto：当负数种类很少或字段为浓度时视为 below；日志会说明。</translation>
  </message>
  <message>
   <source>bench</source>
   <translation>台阶</translation>
  </message>
  <message>
   <source>benchmark</source>
   <translation>基准测试</translation>
  </message>
  <message>
   <source>bilinear</source>
   <translation>双线性</translation>
  </message>
  <message>
   <source>block model</source>
   <translation>块体模型</translation>
  </message>
  <message>
   <source>block: deposits of one part of the map and the ground around them are held out together. deposit: one group of near deposits after the other. random: single deposits, which flatters. Deposits closer than a window are never parted, except by 'random'.</source>
   <translation>block：地图某一部分的矿床及其周围地面一起留出。deposit：相近的矿床成组依次留出。random：单个矿床，得分偏高。除“random”外，相距小于一个窗口的矿床从不分开。</translation>
  </message>
  <message>
   <source>bootstrap</source>
   <translation>自助法</translation>
  </message>
  <message>
   <source>borehole</source>
   <translation>钻孔</translation>
  </message>
  <message>
   <source>boxcox</source>
   <translation>Box-Cox 变换</translation>
  </message>
  <message>
   <source>boxcox: skewed columns are made symmetric. impute: gaps are filled from samples near in space and in chemistry (otherwise they stay gaps). flags: a feature tells where there was a gap. onehot: classes as ones and zeros (otherwise by how common they are). coordinates, embedding: where the place is, plainly and as waves or bumps. neighbours: what other holes say about the targets. scale: mean 0 and standard deviation 1. pca: principal components.</source>
   <translation>boxcox：偏态列变得对称。impute：缺失由空间和化学上相近的样品填补（否则保持缺失）。flags：用一个特征标明何处有缺失。onehot：类别用 1 和 0 表示（否则按其常见程度）。coordinates、embedding：位置，直接表示或用波和隆起表示。neighbours：其他钻孔对目标的信息。scale：均值 0、标准差 1。pca：主成分。</translation>
  </message>
  <message>
   <source>calibration</source>
   <translation>校准</translation>
  </message>
  <message>
   <source>capture efficiency</source>
   <translation>捕获效率</translation>
  </message>
  <message>
   <source>carbonate</source>
   <translation>碳酸盐</translation>
  </message>
  <message>
   <source>cell by cell</source>
   <translation>逐单元</translation>
  </message>
  <message>
   <source>censored</source>
   <translation>删失</translation>
  </message>
  <message>
   <source>chondrite</source>
   <translation>球粒陨石</translation>
  </message>
  <message>
   <source>classes</source>
   <translation>类别</translation>
  </message>
  <message>
   <source>classification</source>
   <translation>分类</translation>
  </message>
  <message>
   <source>clay</source>
   <translation>黏土</translation>
  </message>
  <message>
   <source>clr</source>
   <translation>中心化对数比</translation>
  </message>
  <message>
   <source>code</source>
   <translation>代码</translation>
  </message>
  <message>
   <source>collar</source>
   <translation>孔口</translation>
  </message>
  <message>
   <source>comparison</source>
   <translation>比较</translation>
  </message>
  <message>
   <source>composite</source>
   <translation>组合样</translation>
  </message>
  <message>
   <source>compositional</source>
   <translation>成分数据</translation>
  </message>
  <message>
   <source>concentration-area</source>
   <translation>浓度-面积</translation>
  </message>
  <message>
   <source>confidence</source>
   <translation>置信度</translation>
  </message>
  <message>
   <source>constant: the same everywhere on the scale of the target, so larger where grades are high. heteroscedastic: learned for each place.</source>
   <translation>constant：在目标的尺度上处处相同，因此品位高处更大。heteroscedastic：在每个位置学习。</translation>
  </message>
  <message>
   <source>continuum</source>
   <translation>连续统</translation>
  </message>
  <message>
   <source>contour</source>
   <translation>等值线</translation>
  </message>
  <message>
   <source>convolutional</source>
   <translation>卷积</translation>
  </message>
  <message>
   <source>covariance</source>
   <translation>协方差</translation>
  </message>
  <message>
   <source>covariates</source>
   <translation>协变量</translation>
  </message>
  <message>
   <source>cross-validation</source>
   <translation>交叉验证</translation>
  </message>
  <message>
   <source>curve</source>
   <translation>曲线</translation>
  </message>
  <message>
   <source>cut-off</source>
   <translation>边界品位</translation>
  </message>
  <message>
   <source>cutoff</source>
   <translation>边界品位</translation>
  </message>
  <message>
   <source>darkobject subtracts the haze, empiricalline fits the image to targets of known reflectance, flatfield divides by an area without absorptions.</source>
   <translation>darkobject 减去霾，empiricalline 使影像拟合已知反射率的靶标，flatfield 除以没有吸收的区域。</translation>
  </message>
  <message>
   <source>dates or times</source>
   <translation>日期或时间</translation>
  </message>
  <message>
   <source>deep learning</source>
   <translation>深度学习</translation>
  </message>
  <message>
   <source>default: a Bayesian network of each interval, and networks with memory that learn what it misses; the most accurate on real drill holes. joint: both in one network. afg-pms: as published, two layers of 128 read from the top, dense 64 and 32.</source>
   <translation>default：对每个区间的贝叶斯网络，加上学习其遗漏的有记忆网络；在真实钻孔上最准确。joint：二者合为一个网络。afg-pms：按发表的结构，两层 128 从上往下读，全连接 64 和 32。</translation>
  </message>
  <message>
   <source>default: ensemble of anchored networks on the grade to the power 1/4, the most accurate on real drill holes. variational: mean-field posterior on the same scale. paper: up to 100 principal components, ReLU, mean-field posterior, log-normal grades.</source>
   <translation>default：对品位的 1/4 次幂的锚定网络集成，在真实钻孔上最准确。variational：同一尺度上的平均场后验。paper：最多 100 个主成分、ReLU、平均场后验、对数正态品位。</translation>
  </message>
  <message>
   <source>density</source>
   <translation>密度</translation>
  </message>
  <message>
   <source>deposits</source>
   <translation>矿床</translation>
  </message>
  <message>
   <source>description</source>
   <translation>描述</translation>
  </message>
  <message>
   <source>desurvey</source>
   <translation>钻孔轨迹计算</translation>
  </message>
  <message>
   <source>detection limit</source>
   <translation>检出限</translation>
  </message>
  <message>
   <source>diffusivity</source>
   <translation>扩散率</translation>
  </message>
  <message>
   <source>divergence</source>
   <translation>散度</translation>
  </message>
  <message>
   <source>does not run: {}</source>
   <translation>不能运行：{}</translation>
  </message>
  <message>
   <source>done</source>
   <translation>完成</translation>
  </message>
  <message>
   <source>down-hole</source>
   <translation>沿孔</translation>
  </message>
  <message>
   <source>down: holes are read from their tops only. both: from their ends as well. preset: down for 'afg-pms'.</source>
   <translation>down：钻孔只从上往下读。both：也从末端读起。preset：“afg-pms”为 down。</translation>
  </message>
  <message>
   <source>downhole</source>
   <translation>沿孔</translation>
  </message>
  <message>
   <source>drill hole</source>
   <translation>钻孔</translation>
  </message>
  <message>
   <source>drill log</source>
   <translation>钻孔编录</translation>
  </message>
  <message>
   <source>drilling</source>
   <translation>钻探</translation>
  </message>
  <message>
   <source>drilling success</source>
   <translation>钻探成功率</translation>
  </message>
  <message>
   <source>dx, dy, dz: rise of the grade per metre to the east, north and up. magnitude, azimuth, plunge: the same as length and direction. sd: standard deviations of the components and of the magnitude. flux, divergence: minus diffusivity times gradient, and its sources. change: what the finite elements changed.</source>
   <translation>dx、dy、dz：品位向东、北、上每米的增量。magnitude、azimuth、plunge：同一梯度的大小和方向。sd：各分量和大小的标准差。flux、divergence：负的扩散率乘以梯度，及其源。change：有限元所作的改变。</translation>
  </message>
  <message>
   <source>each drill hole left out</source>
   <translation>逐孔留出</translation>
  </message>
  <message>
   <source>each sample left out</source>
   <translation>逐样留出</translation>
  </message>
  <message>
   <source>each spatial block left out</source>
   <translation>逐空间块留出</translation>
  </message>
  <message>
   <source>ends at epoch {}</source>
   <translation>在第 {} 轮结束</translation>
  </message>
  <message>
   <source>ensemble</source>
   <translation>集成</translation>
  </message>
  <message>
   <source>ensemble: several networks that start, draw background and stop differently. dropout: one network with draws of dropout; faster and less reliable.</source>
   <translation>ensemble：多个起点、背景抽取和停止各不相同的网络。dropout：一个网络的多次 dropout 抽样；更快但不够可靠。</translation>
  </message>
  <message>
   <source>epistemic</source>
   <translation>认知不确定性</translation>
  </message>
  <message>
   <source>epistemic: 1 - epistemic / total standard deviation. variation: 1 / (1 + standard deviation / mean). none: every cell counts as equally well known. auto takes the first that the raster allows.</source>
   <translation>epistemic：1 - 认知标准差 / 总标准差。variation：1 / (1 + 标准差 / 均值)。none：每个单元的可知程度相同。auto 取栅格允许的第一种。</translation>
  </message>
  <message>
   <source>epoch {}</source>
   <translation>第 {} 轮</translation>
  </message>
  <message>
   <source>estimate</source>
   <translation>估计</translation>
  </message>
  <message>
   <source>eu is O'Neill's choice; ce_eu suits weathered rocks, whose cerium moves by itself.</source>
   <translation>eu 是 O'Neill 的选择；ce_eu 适合风化岩石，其中的铈自行迁移。</translation>
  </message>
  <message>
   <source>exact uses all samples at once, multilevel suits very many samples, pykrige runs the PyKrige library for comparison (slow). auto takes exact up to about 15,000 samples.</source>
   <translation>exact 同时使用全部样品，multilevel 适合样品极多的情况，pykrige 运行 PyKrige 库以供比较（慢）。auto 在约 15,000 个样品以内取 exact。</translation>
  </message>
  <message>
   <source>expected improvement</source>
   <translation>期望改进</translation>
  </message>
  <message>
   <source>expected: value, less its uncertainty, times area. mean, maximum or area: by that alone.</source>
   <translation>expected：价值减去其不确定性，再乘以面积。mean、maximum 或 area：只按该项。</translation>
  </message>
  <message>
   <source>expected_improvement: where a hole may well find better than the best so far. variance_per_metre: where a hole removes most uncertainty of the map for its length. auto takes the first when the uncertainty is known, else the second.</source>
   <translation>expected_improvement：钻孔很可能找到比迄今更好的地方。variance_per_metre：钻孔按进尺消除图面不确定性最多的地方。auto 在不确定性已知时取前者，否则取后者。</translation>
  </message>
  <message>
   <source>failed</source>
   <translation>失败</translation>
  </message>
  <message>
   <source>features</source>
   <translation>特征</translation>
  </message>
  <message>
   <source>feet</source>
   <translation>英尺</translation>
  </message>
  <message>
   <source>final</source>
   <translation>最终</translation>
  </message>
  <message>
   <source>fine-tune</source>
   <translation>微调</translation>
  </message>
  <message>
   <source>finite element</source>
   <translation>有限元</translation>
  </message>
  <message>
   <source>flux</source>
   <translation>通量</translation>
  </message>
  <message>
   <source>forward prepares raw assays; inverse turns transformed values into the original units.</source>
   <translation>forward 变换原始化验；inverse 把变换后的值变回原单位。</translation>
  </message>
  <message>
   <source>fourier: sines and cosines of the coordinates at half to four times the range of the variogram. rbf: bumps around centres of the samples.</source>
   <translation>fourier：坐标的正弦和余弦，波长为变异函数变程的一半到四倍。rbf：样品中心周围的隆起。</translation>
  </message>
  <message>
   <source>fractal</source>
   <translation>分形</translation>
  </message>
  <message>
   <source>from the folder of wheels</source>
   <translation>来自 wheel 包文件夹</translation>
  </message>
  <message>
   <source>from the package index of pip</source>
   <translation>来自 pip 的软件包索引</translation>
  </message>
  <message>
   <source>fusion</source>
   <translation>融合</translation>
  </message>
  <message>
   <source>geochemistry</source>
   <translation>地球化学</translation>
  </message>
  <message>
   <source>geology log</source>
   <translation>地质编录</translation>
  </message>
  <message>
   <source>geostatistics</source>
   <translation>地质统计</translation>
  </message>
  <message>
   <source>grade</source>
   <translation>品位</translation>
  </message>
  <message>
   <source>gradient</source>
   <translation>梯度</translation>
  </message>
  <message>
   <source>gradient boosting</source>
   <translation>梯度提升</translation>
  </message>
  <message>
   <source>half: half the limit. sqrt2: limit / √2. ros: regression on order statistics. logratio: the value expected below the limit, for log-ratios. missing: left empty, never imputed.</source>
   <translation>half：检出限的一半。sqrt2：检出限 / √2。ros：次序统计量回归。logratio：检出限以下的期望值，用于对数比。missing：留空，从不插补。</translation>
  </message>
  <message>
   <source>halo</source>
   <translation>晕</translation>
  </message>
  <message>
   <source>held-out deposits</source>
   <translation>留出的矿床</translation>
  </message>
  <message>
   <source>hole: whole drill holes are held out, the honest way. block: whole blocks of the map. random, 80_20 and 70_15_15: single samples, as many papers do; they flatter.</source>
   <translation>hole：整个钻孔留出，诚实的方式。block：地图的整块。random、80_20 和 70_15_15：单个样品，许多论文如此；得分偏高。</translation>
  </message>
  <message>
   <source>hyperspectral</source>
   <translation>高光谱</translation>
  </message>
  <message>
   <source>ilr</source>
   <translation>等距对数比</translation>
  </message>
  <message>
   <source>imputation</source>
   <translation>插补</translation>
  </message>
  <message>
   <source>impute</source>
   <translation>插补</translation>
  </message>
  <message>
   <source>indicated</source>
   <translation>控制的</translation>
  </message>
  <message>
   <source>indicator</source>
   <translation>指示</translation>
  </message>
  <message>
   <source>indicator kriging</source>
   <translation>指示克里金</translation>
  </message>
  <message>
   <source>inferred</source>
   <translation>推断的</translation>
  </message>
  <message>
   <source>infill</source>
   <translation>加密</translation>
  </message>
  <message>
   <source>interpolation</source>
   <translation>插值</translation>
  </message>
  <message>
   <source>interval</source>
   <translation>区间</translation>
  </message>
  <message>
   <source>inverse</source>
   <translation>反变换</translation>
  </message>
  <message>
   <source>it does not answer</source>
   <translation>没有应答</translation>
  </message>
  <message>
   <source>it has no position on the map; georeference it first</source>
   <translation>它在地图上没有位置；请先进行地理配准</translation>
  </message>
  <message>
   <source>it is no Python</source>
   <translation>它不是 Python</translation>
  </message>
  <message>
   <source>it must read like FIELD=VALUE; FIELD=VALUE</source>
   <translation>应写成 字段=值; 字段=值</translation>
  </message>
  <message>
   <source>it said nothing</source>
   <translation>没有任何输出</translation>
  </message>
  <message>
   <source>judged by the values</source>
   <translation>由数值判断</translation>
  </message>
  <message>
   <source>knn</source>
   <translation>最近邻</translation>
  </message>
  <message>
   <source>kriged errors are left out</source>
   <translation>略去克里金误差</translation>
  </message>
  <message>
   <source>kriging</source>
   <translation>克里金</translation>
  </message>
  <message>
   <source>kriging variance</source>
   <translation>克里金方差</translation>
  </message>
  <message>
   <source>kriging: the exact gradient of the kriged grade. finite element: the grade is kriged unit by unit and then made to obey the law of flux as far as it was uncertain; a physical assumption, so look at the change it makes.</source>
   <translation>kriging：克里金品位的精确梯度。finite element：按单元做克里金，然后在不确定的范围内使品位服从通量定律；这是一种物理假设，请查看它所作的改变。</translation>
  </message>
  <message>
   <source>laboratory</source>
   <translation>实验室</translation>
  </message>
  <message>
   <source>lacks {}</source>
   <translation>缺少 {}</translation>
  </message>
  <message>
   <source>lambda</source>
   <translation>lambda</translation>
  </message>
  <message>
   <source>leakage</source>
   <translation>信息泄漏</translation>
  </message>
  <message>
   <source>limit: &gt;10000 becomes 10000. multiply: times the factor below. missing.</source>
   <translation>limit：&gt;10000 变为 10000。multiply：乘以下面的系数。missing：缺失。</translation>
  </message>
  <message>
   <source>linear lets the mean rise or fall steadily across the area (universal kriging); none keeps it constant (ordinary kriging).</source>
   <translation>linear 允许均值在区域内均匀上升或下降（泛克里金）；none 使其不变（普通克里金）。</translation>
  </message>
  <message>
   <source>lithology</source>
   <translation>岩性</translation>
  </message>
  <message>
   <source>log, Box-Cox, centred or isometric log-ratios, or the robust z-score, in new fields.</source>
   <translation>对数、Box-Cox、中心化或等距对数比，或稳健 z 分数，写入新字段。</translation>
  </message>
  <message>
   <source>log-loss</source>
   <translation>对数损失</translation>
  </message>
  <message>
   <source>logistic regression</source>
   <translation>逻辑回归</translation>
  </message>
  <message>
   <source>machine learning</source>
   <translation>机器学习</translation>
  </message>
  <message>
   <source>main: rock and the main alteration and mineral. present: also one group of fields for each alteration, mineral and structure that occurs. all: for each one that is known.</source>
   <translation>main：岩石及主要蚀变和矿物。present：另为每种出现的蚀变、矿物和构造各设一组字段。all：为每种已知的各设一组。</translation>
  </message>
  <message>
   <source>make the worker's environment as the README shows under “The worker's Python”, and name its Python in the setting {} or in the environment variable {}.</source>
   <translation>请按 README 中“The worker's Python”一节创建工作进程的环境，并在设置 {} 或环境变量 {} 中指定其 Python。</translation>
  </message>
  <message>
   <source>map</source>
   <translation>图</translation>
  </message>
  <message>
   <source>map: only features that exist everywhere, so that a model can be mapped. xrf_first: also fields known at the samples, to predict costly grades from cheap assays of the same interval.</source>
   <translation>map：只用处处存在的特征，使模型可以成图。xrf_first：也用样品处已知的字段，从同一区间的廉价化验预测昂贵的品位。</translation>
  </message>
  <message>
   <source>marked as bad</source>
   <translation>标为坏波段</translation>
  </message>
  <message>
   <source>masked</source>
   <translation>掩膜</translation>
  </message>
  <message>
   <source>mean of the cells within</source>
   <translation>所含单元的平均值</translation>
  </message>
  <message>
   <source>measured</source>
   <translation>探明的</translation>
  </message>
  <message>
   <source>median: one correlogram, that of the median cut-off, serves all cut-offs (quick, few corrections). each: one is fitted to every cut-off. A given variogram file serves all.</source>
   <translation>median：一个相关函数，即中位边界品位的相关函数，用于所有边界品位（快，修正少）。each：为每个边界品位各拟合一个。给出的变异函数文件用于全部。</translation>
  </message>
  <message>
   <source>memory</source>
   <translation>记忆</translation>
  </message>
  <message>
   <source>metal</source>
   <translation>金属</translation>
  </message>
  <message>
   <source>metres</source>
   <translation>米</translation>
  </message>
  <message>
   <source>mineral potential</source>
   <translation>成矿潜力</translation>
  </message>
  <message>
   <source>mineralisation</source>
   <translation>矿化</translation>
  </message>
  <message>
   <source>minimum curvature</source>
   <translation>最小曲率</translation>
  </message>
  <message>
   <source>missing</source>
   <translation>缺失</translation>
  </message>
  <message>
   <source>natural language</source>
   <translation>自然语言</translation>
  </message>
  <message>
   <source>nearest cell</source>
   <translation>最近的单元</translation>
  </message>
  <message>
   <source>negative down: a vertical hole is -90. positive down: it is 90. from vertical: it is 0. auto takes the sign that most dips have, and says so.</source>
   <translation>negative down：垂直孔为 -90。positive down：为 90。from vertical：为 0。auto 取多数倾角的符号，并予以说明。</translation>
  </message>
  <message>
   <source>neodymium</source>
   <translation>钕</translation>
  </message>
  <message>
   <source>neural network</source>
   <translation>神经网络</translation>
  </message>
  <message>
   <source>next hole</source>
   <translation>下一个钻孔</translation>
  </message>
  <message>
   <source>no CRS</source>
   <translation>没有坐标参考系</translation>
  </message>
  <message>
   <source>no coordinate reference system</source>
   <translation>没有坐标参考系</translation>
  </message>
  <message>
   <source>no name</source>
   <translation>没有名称</translation>
  </message>
  <message>
   <source>no survey: vertical</source>
   <translation>没有测斜：垂直</translation>
  </message>
  <message>
   <source>none</source>
   <translation>无</translation>
  </message>
  <message>
   <source>none with a name</source>
   <translation>没有带名称的</translation>
  </message>
  <message>
   <source>none: left empty. knn: from the nearest samples in space and composition. median: of the field.</source>
   <translation>none：留空。knn：由空间和成分上最近的样品得出。median：字段的中位数。</translation>
  </message>
  <message>
   <source>none: one range. horizontal: the vertical range differs. full: an ellipsoid with azimuth, dip and rake. auto takes the simplest that the samples support.</source>
   <translation>none：一个变程。horizontal：垂向变程不同。full：带方位角、倾角和旋转角的椭球。auto 取样品所支持的最简单者。</translation>
  </message>
  <message>
   <source>nugget</source>
   <translation>块金</translation>
  </message>
  <message>
   <source>numbers</source>
   <translation>数字</translation>
  </message>
  <message>
   <source>occurrences</source>
   <translation>矿点</translation>
  </message>
  <message>
   <source>ok: ordinary kriging (the best of raw, log and normal scores). pykrige: ordinary kriging by PyKrige. mik: multiple-indicator kriging. rk: regression kriging (ridge). rf, gb: random forest and gradient boosting with kriged errors. fnn: feed-forward network. bnn: Bayesian network. lstm: recurrent network down the hole.</source>
   <translation>ok：普通克里金（原值、对数和正态得分中最好者）。pykrige：用 PyKrige 做普通克里金。mik：多重指示克里金。rk：回归克里金（岭回归）。rf、gb：带克里金误差的随机森林和梯度提升。fnn：前馈网络。bnn：贝叶斯网络。lstm：沿孔循环网络。</translation>
  </message>
  <message>
   <source>on cells without data or outside the study area</source>
   <translation>位于没有数据的单元或研究区之外</translation>
  </message>
  <message>
   <source>one plane</source>
   <translation>一个平面</translation>
  </message>
  <message>
   <source>one straight line</source>
   <translation>一条直线</translation>
  </message>
  <message>
   <source>one-hot</source>
   <translation>独热编码</translation>
  </message>
  <message>
   <source>ordinary</source>
   <translation>普通</translation>
  </message>
  <message>
   <source>out of domain</source>
   <translation>超出适用域</translation>
  </message>
  <message>
   <source>outline</source>
   <translation>轮廓</translation>
  </message>
  <message>
   <source>outside the raster</source>
   <translation>在栅格之外</translation>
  </message>
  <message>
   <source>overlap of two detectors</source>
   <translation>两个探测器的重叠</translation>
  </message>
  <message>
   <source>oxides</source>
   <translation>氧化物</translation>
  </message>
  <message>
   <source>paused</source>
   <translation>已暂停</translation>
  </message>
  <message>
   <source>pct: per cent. permil: per mil. gpt: grams per tonne, the same as ppm. opt: ounces per short ton. auto takes the unit that the raster or the name of the field states.</source>
   <translation>pct：百分数。permil：千分数。gpt：克/吨，与 ppm 相同。opt：盎司/短吨。auto 取栅格或字段名所注的单位。</translation>
  </message>
  <message>
   <source>permutation importance</source>
   <translation>置换重要性</translation>
  </message>
  <message>
   <source>polygon</source>
   <translation>多边形</translation>
  </message>
  <message>
   <source>polygon {}</source>
   <translation>多边形 {}</translation>
  </message>
  <message>
   <source>positive-unlabelled</source>
   <translation>正例-未标记</translation>
  </message>
  <message>
   <source>power: Box-Cox with the power below. log: log-normal grades. none: grades as they are.</source>
   <translation>power：幂如下的 Box-Cox。log：对数正态品位。none：品位原值。</translation>
  </message>
  <message>
   <source>pre-training</source>
   <translation>预训练</translation>
  </message>
  <message>
   <source>precision</source>
   <translation>精度</translation>
  </message>
  <message>
   <source>predict</source>
   <translation>预测</translation>
  </message>
  <message>
   <source>prediction rate</source>
   <translation>预测率</translation>
  </message>
  <message>
   <source>prediction-area</source>
   <translation>预测-面积</translation>
  </message>
  <message>
   <source>principal components</source>
   <translation>主成分</translation>
  </message>
  <message>
   <source>probability</source>
   <translation>概率</translation>
  </message>
  <message>
   <source>probability: chance of a grade above each cut-off. mean: E-type estimate. variance: conditional variance. quantiles: grades below which the given parts of the distribution lie.</source>
   <translation>probability：品位高于每个边界品位的概率。mean：E 型估计。variance：条件方差。quantiles：给定比例的分布位于其下的品位。</translation>
  </message>
  <message>
   <source>prospectivity</source>
   <translation>找矿远景</translation>
  </message>
  <message>
   <source>quantile</source>
   <translation>分位数</translation>
  </message>
  <message>
   <source>random forest</source>
   <translation>随机森林</translation>
  </message>
  <message>
   <source>range</source>
   <translation>变程</translation>
  </message>
  <message>
   <source>rank</source>
   <translation>排序</translation>
  </message>
  <message>
   <source>rare earth</source>
   <translation>稀土</translation>
  </message>
  <message>
   <source>rare earths</source>
   <translation>稀土</translation>
  </message>
  <message>
   <source>raster {}</source>
   <translation>栅格 {}</translation>
  </message>
  <message>
   <source>recipe</source>
   <translation>配方</translation>
  </message>
  <message>
   <source>reconstruction</source>
   <translation>重建</translation>
  </message>
  <message>
   <source>recurrent</source>
   <translation>循环</translation>
  </message>
  <message>
   <source>refuse stops and shows examples; missing counts it as missing.</source>
   <translation>refuse 停止并给出例子；missing 视为缺失。</translation>
  </message>
  <message>
   <source>regression kriging</source>
   <translation>回归克里金</translation>
  </message>
  <message>
   <source>resample</source>
   <translation>重采样</translation>
  </message>
  <message>
   <source>reserve</source>
   <translation>储量</translation>
  </message>
  <message>
   <source>resource</source>
   <translation>资源量</translation>
  </message>
  <message>
   <source>resource confidence</source>
   <translation>资源置信度</translation>
  </message>
  <message>
   <source>risk</source>
   <translation>风险</translation>
  </message>
  <message>
   <source>running</source>
   <translation>运行中</translation>
  </message>
  <message>
   <source>sample: a cell counts by the chance of a single sample in it. block: by that of its mean, in which noise averages out.</source>
   <translation>sample：单元按其中单个样品的概率计入。block：按单元平均值的概率计入，其中噪声被平均掉。</translation>
  </message>
  <message>
   <source>samples</source>
   <translation>样品</translation>
  </message>
  <message>
   <source>samples of a hole are read in the order of the layer; give the depth field</source>
   <translation>同一钻孔的样品按图层中的顺序读取；请给出深度字段</translation>
  </message>
  <message>
   <source>samples, kriged</source>
   <translation>样品，经克里金</translation>
  </message>
  <message>
   <source>sampling design</source>
   <translation>采样设计</translation>
  </message>
  <message>
   <source>savitzkygolay smooths along each spectrum, mnf keeps the components in which neighbouring pixels agree; it can remove minerals that only single pixels hold.</source>
   <translation>savitzkygolay 沿每条光谱平滑，mnf 保留相邻像元一致的成分；它可能去掉只存在于单个像元的矿物。</translation>
  </message>
  <message>
   <source>score</source>
   <translation>得分</translation>
  </message>
  <message>
   <source>self-evaluation</source>
   <translation>自评估</translation>
  </message>
  <message>
   <source>self-supervised</source>
   <translation>自监督</translation>
  </message>
  <message>
   <source>semivariogram</source>
   <translation>半变异函数</translation>
  </message>
  <message>
   <source>sequence</source>
   <translation>序列</translation>
  </message>
  <message>
   <source>shipped: the weights that come with Lodescope, which know the language of logs. model: a model trained before. none: nothing.</source>
   <translation>shipped：Lodescope 自带的权重，懂得编录的语言。model：先前训练的模型。none：不用。</translation>
  </message>
  <message>
   <source>sill</source>
   <translation>基台</translation>
  </message>
  <message>
   <source>simple</source>
   <translation>简单</translation>
  </message>
  <message>
   <source>spectra</source>
   <translation>光谱</translation>
  </message>
  <message>
   <source>spectral angle</source>
   <translation>光谱角</translation>
  </message>
  <message>
   <source>spider plot</source>
   <translation>蛛网图</translation>
  </message>
  <message>
   <source>stable writes CeO2, Pr6O11 and Tb4O7, trivalent Ce2O3, Pr2O3 and Tb2O3.</source>
   <translation>stable 写出 CeO2、Pr6O11 和 Tb4O7，trivalent 写出 Ce2O3、Pr2O3 和 Tb2O3。</translation>
  </message>
  <message>
   <source>stack</source>
   <translation>叠置</translation>
  </message>
  <message>
   <source>straight from the collar</source>
   <translation>由孔口直线外推</translation>
  </message>
  <message>
   <source>success rate</source>
   <translation>成功率</translation>
  </message>
  <message>
   <source>sum adds the elements that are known, null leaves sums with a missing part empty, interpolate reads missing elements off the pattern for sums and patterns.</source>
   <translation>sum 对已知元素求和，null 使有缺项的总和留空，interpolate 从配分模式读出缺失元素用于总和与模式。</translation>
  </message>
  <message>
   <source>survey</source>
   <translation>测斜</translation>
  </message>
  <message>
   <source>surveyed</source>
   <translation>有测斜</translation>
  </message>
  <message>
   <source>target</source>
   <translation>靶区</translation>
  </message>
  <message>
   <source>text</source>
   <translation>文本</translation>
  </message>
  <message>
   <source>that of the samples</source>
   <translation>样品的坐标参考系</translation>
  </message>
  <message>
   <source>the ENVI header</source>
   <translation>ENVI 头文件</translation>
  </message>
  <message>
   <source>the ENVI header {}</source>
   <translation>ENVI 头文件 {}</translation>
  </message>
  <message>
   <source>the catalogue '{}'</source>
   <translation>目录“{}”</translation>
  </message>
  <message>
   <source>the descriptions of the bands</source>
   <translation>波段描述</translation>
  </message>
  <message>
   <source>the file {}</source>
   <translation>文件 {}</translation>
  </message>
  <message>
   <source>the given variogram</source>
   <translation>给出的变异函数</translation>
  </message>
  <message>
   <source>the header {}</source>
   <translation>头文件 {}</translation>
  </message>
  <message>
   <source>the managed environment</source>
   <translation>托管环境</translation>
  </message>
  <message>
   <source>the metadata of the bands</source>
   <translation>波段元数据</translation>
  </message>
  <message>
   <source>the metadata of the file</source>
   <translation>文件元数据</translation>
  </message>
  <message>
   <source>the setting {}</source>
   <translation>设置 {}</translation>
  </message>
  <message>
   <source>the variogram with which the map was kriged</source>
   <translation>制图克里金所用的变异函数</translation>
  </message>
  <message>
   <source>there is a file of this name</source>
   <translation>已有同名文件</translation>
  </message>
  <message>
   <source>this is no name of a file</source>
   <translation>这不是文件名</translation>
  </message>
  <message>
   <source>threshold</source>
   <translation>阈值</translation>
  </message>
  <message>
   <source>threshold: the number typed below. prediction_area: where deposits and area cross, which needs deposits. concentration_area: a break of the fractal curve. auto takes the first of these for which the inputs are given.</source>
   <translation>threshold：下面输入的数。prediction_area：矿床与面积的交点，需要矿床。concentration_area：分形曲线的断点。auto 取其中第一个输入齐备的方式。</translation>
  </message>
  <message>
   <source>time left unknown</source>
   <translation>剩余时间未知</translation>
  </message>
  <message>
   <source>tonnage</source>
   <translation>吨位</translation>
  </message>
  <message>
   <source>trace</source>
   <translation>轨迹</translation>
  </message>
  <message>
   <source>train</source>
   <translation>训练</translation>
  </message>
  <message>
   <source>transfer learning</source>
   <translation>迁移学习</translation>
  </message>
  <message>
   <source>transform</source>
   <translation>变换</translation>
  </message>
  <message>
   <source>transformer</source>
   <translation>Transformer 模型</translation>
  </message>
  <message>
   <source>uncertainty</source>
   <translation>不确定性</translation>
  </message>
  <message>
   <source>units of {:g} m</source>
   <translation>{:g} 米的单位</translation>
  </message>
  <message>
   <source>universal</source>
   <translation>泛克里金</translation>
  </message>
  <message>
   <source>unlabelled</source>
   <translation>未标记</translation>
  </message>
  <message>
   <source>uv ({})</source>
   <translation>uv ({})</translation>
  </message>
  <message>
   <source>validation</source>
   <translation>验证</translation>
  </message>
  <message>
   <source>value</source>
   <translation>价值</translation>
  </message>
  <message>
   <source>values of another kind</source>
   <translation>其他类型的值</translation>
  </message>
  <message>
   <source>variance</source>
   <translation>方差</translation>
  </message>
  <message>
   <source>variational</source>
   <translation>变分</translation>
  </message>
  <message>
   <source>variogram</source>
   <translation>变异函数</translation>
  </message>
  <message>
   <source>vector</source>
   <translation>矢量</translation>
  </message>
  <message>
   <source>vectoring</source>
   <translation>找矿矢量</translation>
  </message>
  <message>
   <source>vectorise</source>
   <translation>矢量化</translation>
  </message>
  <message>
   <source>venv and pip of {} ({})</source>
   <translation>venv 和 pip，来自 {}（{}）</translation>
  </message>
  <message>
   <source>waiting</source>
   <translation>等待中</translation>
  </message>
  <message>
   <source>water vapour of the air, or end of the spectrum</source>
   <translation>空气中的水汽，或光谱末端</translation>
  </message>
  <message>
   <source>weathering</source>
   <translation>风化</translation>
  </message>
  <message>
   <source>weights of evidence</source>
   <translation>证据权</translation>
  </message>
  <message>
   <source>window: upper hull of the window of each feature. spectrum: upper hull of the whole spectrum. shoulders: straight line between the ends of the window.</source>
   <translation>window：每个特征窗口的上包络线。spectrum：整条光谱的上包络线。shoulders：窗口两端之间的直线。</translation>
  </message>
  <message>
   <source>with coordinates that are not finite</source>
   <translation>坐标不是有限值</translation>
  </message>
  <message>
   <source>with several points in one feature</source>
   <translation>一个要素含有多个点</translation>
  </message>
  <message>
   <source>without a name</source>
   <translation>没有名称</translation>
  </message>
  <message>
   <source>without a place (empty geometry or outside the area of the CRS)</source>
   <translation>没有位置（几何为空或在坐标参考系的区域之外）</translation>
  </message>
  <message>
   <source>without a value</source>
   <translation>没有值</translation>
  </message>
  <message>
   <source>without a value in any of the fields</source>
   <translation>在所有字段中都没有值</translation>
  </message>
  <message>
   <source>without an elevation</source>
   <translation>没有高程</translation>
  </message>
  <message>
   <source>without an elevation in the elevation field</source>
   <translation>高程字段中没有高程</translation>
  </message>
  <message>
   <source>woe: weights of evidence. logistic: logistic regression. forest: random forest. boosting: gradient boosting.</source>
   <translation>woe：证据权。logistic：逻辑回归。forest：随机森林。boosting：梯度提升。</translation>
  </message>
  <message>
   <source>yes/no values</source>
   <translation>是/否值</translation>
  </message>
  <message>
   <source>{:,.0f} to {:,.0f} east, {:,.0f} to {:,.0f} north</source>
   <translation>东坐标 {:,.0f} 至 {:,.0f}，北坐标 {:,.0f} 至 {:,.0f}</translation>
  </message>
  <message>
   <source>{:,} cells in {:,} tiles; memory does not grow with the raster.</source>
   <translation>{:,} 个单元，{:,} 个图块；内存不随栅格增大。</translation>
  </message>
  <message>
   <source>{:,} cells of {:g} are too many for a training, which takes {:,}; leave the cell size empty, or choose larger cells or a smaller extent.</source>
   <translation>{:,} 个 {:g} 的单元对训练来说太多，训练最多取 {:,} 个；请将单元大小留空，或选择更大的单元或更小的范围。</translation>
  </message>
  <message>
   <source>{:,} deposits are used that the model did not see; {:,} on which it was trained are left out.</source>
   <translation>使用模型没有见过的 {:,} 个矿床；训练用过的 {:,} 个不使用。</translation>
  </message>
  <message>
   <source>{:,} different logs read with the {}; the rock is not known in {:.1%} of the rows with text.</source>
   <translation>读取了 {:,} 种不同的编录，使用{}；在有文字的行中，{:.1%} 的岩石未知。</translation>
  </message>
  <message>
   <source>{:,} holes are written in several ways that differ by case or spaces only (for example {}); each of them is treated as one hole.</source>
   <translation>{:,} 个钻孔有多种写法，只在大小写或空格上不同（例如 {}）；各按一个钻孔处理。</translation>
  </message>
  <message>
   <source>{:,} levels were asked for; at most {:,} are possible.</source>
   <translation>要求 {:,} 层；最多允许 {:,} 层。</translation>
  </message>
  <message>
   <source>{:,} of {:,} deposits are used: those for which {} is true.</source>
   <translation>使用 {:,} 个矿床，共 {:,} 个：即 {} 成立者。</translation>
  </message>
  <message>
   <source>{:,} of {:,} places lie out of the model's domain (outside = 1): their features are unlike those of all training samples, so do not trust the grades there.</source>
   <translation>{:,} 个位置（共 {:,} 个）超出模型的适用域（outside = 1）：其特征不同于所有训练样品，请勿信任该处的品位。</translation>
  </message>
  <message>
   <source>{:,} samples have no hole name; each of them counts as a hole of its own.</source>
   <translation>{:,} 个样品没有钻孔名；各自作为一个钻孔。</translation>
  </message>
  <message>
   <source>{:,} samples lie exactly at the place of another one.</source>
   <translation>{:,} 个样品与另一个样品位置完全相同。</translation>
  </message>
  <message>
   <source>{:,} targets at or above {:.6g} of '{}' by Lodescope {}.</source>
   <translation>{:,} 个靶区，达到 {:.6g}（“{}”），由 Lodescope {} 圈定。</translation>
  </message>
  <message>
   <source>{} ({}); is the disk full, or does another program use the file?</source>
   <translation>{}（{}）；是磁盘已满，还是有其他程序在使用该文件？</translation>
  </message>
  <message>
   <source>{} In {} tiles; memory does not grow with the map.</source>
   <translation>{}分 {} 个图块；内存不随图增大。</translation>
  </message>
  <message>
   <source>{} above the lowest cut-off{}</source>
   <translation>{}（高于最低边界品位{}）</translation>
  </message>
  <message>
   <source>{} and {}</source>
   <translation>{} 和 {}</translation>
  </message>
  <message>
   <source>{} bands are many for a few deposits; a choice of those that have to do with the deposit type usually finds more, and is faster.</source>
   <translation>对少数矿床而言 {} 个波段太多；选用与矿床类型有关的波段通常效果更好，也更快。</translation>
  </message>
  <message>
   <source>{} bands left out: {}.</source>
   <translation>略去 {} 个波段：{}。</translation>
  </message>
  <message>
   <source>{} bands without a wavelength are left out.</source>
   <translation>略去 {} 个没有波长的波段。</translation>
  </message>
  <message>
   <source>{} does not run: {}.</source>
   <translation>{} 不能运行：{}。</translation>
  </message>
  <message>
   <source>{} features at the samples, {} of them everywhere.</source>
   <translation>样品处有 {} 个特征，其中 {} 个处处存在。</translation>
  </message>
  <message>
   <source>{} features of {} by Lodescope {} from {} bands.</source>
   <translation>{} 个特征，影像 {}，由 Lodescope {} 从 {} 个波段得到。</translation>
  </message>
  <message>
   <source>{} h {} min</source>
   <translation>{} 小时 {} 分</translation>
  </message>
  <message>
   <source>{} is newer than the versions Lodescope is tested with.</source>
   <translation>{} 比 Lodescope 测试过的版本新。</translation>
  </message>
  <message>
   <source>{} is {:g}; give a number above zero.</source>
   <translation>{} 为 {:g}；请给出大于零的数。</translation>
  </message>
  <message>
   <source>{} left</source>
   <translation>剩余 {}</translation>
  </message>
  <message>
   <source>{} min {} s</source>
   <translation>{} 分 {} 秒</translation>
  </message>
  <message>
   <source>{} needs a Python with the packages of the set “{}”, and none was found: {}</source>
   <translation>{} 需要具备“{}”这套包的 Python，但没有找到：{}</translation>
  </message>
  <message>
   <source>{} needs {}, which {} ({}) does not have: {}</source>
   <translation>{} 需要 {}，而{}（{}）没有：{}</translation>
  </message>
  <message>
   <source>{} of {} by Lodescope {} from {} samples, engine {}.</source>
   <translation>{}（{}），由 Lodescope {} 用 {} 个样品计算，引擎 {}。</translation>
  </message>
  <message>
   <source>{} report</source>
   <translation>{} 报告</translation>
  </message>
  <message>
   <source>{} s</source>
   <translation>{} 秒</translation>
  </message>
  <message>
   <source>{} sites suggested on '{}' by Lodescope {}.</source>
   <translation>建议 {} 个孔位（“{}”），由 Lodescope {} 给出。</translation>
  </message>
  <message>
   <source>{} targets were chosen, and at most {} are possible; train several models.</source>
   <translation>选择了 {} 个目标，最多允许 {} 个；请训练多个模型。</translation>
  </message>
  <message>
   <source>{} values</source>
   <translation>{} 个值</translation>
  </message>
  <message>
   <source>{} x {} pixels, {} of {} bands, in {} tiles; {:.2f} GB are put into the working folder and about {:.2f} GB come back. Memory does not grow with the image.</source>
   <translation>{} x {} 像元，{} 个波段（共 {} 个），{} 个图块；{:.2f} GB 放入工作文件夹，约 {:.2f} GB 返回。内存不随影像增大。</translation>
  </message>
  <message>
   <source>{}, about {} MB, {}</source>
   <translation>{}，约 {} MB，{}</translation>
  </message>
  <message>
   <source>{}, in {}</source>
   <translation>{}，单位 {}</translation>
  </message>
  <message>
   <source>{}: '{}' cannot be used: {}.</source>
   <translation>{}：“{}”不能使用：{}。</translation>
  </message>
  <message>
   <source>{}: '{}' has no features to read; choose another layer, or switch off 'Selected features only' when nothing is selected.</source>
   <translation>{}：“{}”没有可读取的要素；请选择另一个图层，或在没有选中要素时关闭“仅选中要素”。</translation>
  </message>
  <message>
   <source>{}: '{}' has no features to read; choose another layer.</source>
   <translation>{}：“{}”没有可读取的要素；请选择另一个图层。</translation>
  </message>
  <message>
   <source>{}: '{}' has no points to read; choose another layer, or switch off 'Selected features only' when nothing is selected.</source>
   <translation>{}：“{}”没有可读取的点；请选择另一个图层，或在没有选中要素时关闭“仅选中要素”。</translation>
  </message>
  <message>
   <source>{}: '{}' has no polygons to read; choose another layer.</source>
   <translation>{}：“{}”没有可读取的多边形；请选择另一个图层。</translation>
  </message>
  <message>
   <source>{}: '{}' is not a layer of lines; choose lines, or polygons for contacts.</source>
   <translation>{}：“{}”不是线图层；请选择线，或用多边形表示接触带。</translation>
  </message>
  <message>
   <source>{}: '{}' is not a layer of points; choose a point layer.</source>
   <translation>{}：“{}”不是点图层；请选择点图层。</translation>
  </message>
  <message>
   <source>{}: '{}' is not a layer of polygons; choose a polygon layer.</source>
   <translation>{}：“{}”不是多边形图层；请选择多边形图层。</translation>
  </message>
  <message>
   <source>{}: '{}' is not a list of numbers; write for example 0.5, 1, 2.</source>
   <translation>{}：“{}”不是数字列表；例如写 0.5, 1, 2。</translation>
  </message>
  <message>
   <source>{}: RMSE {}, R2 {}, {} % of the samples inside the 95 % interval (each {} left out).</source>
   <translation>{}：RMSE {}，R2 {}，{} % 的样品在 95 % 区间内（逐个{}留出）。</translation>
  </message>
  <message>
   <source>{}: a target cannot be a feature of itself; take it out of 'Fields known at the samples'.</source>
   <translation>{}：目标不能是自身的特征；请将其从“样品处已知的字段”中去掉。</translation>
  </message>
  <message>
   <source>{}: a target cannot be a feature of itself; take it out of the features.</source>
   <translation>{}：目标不能是自身的特征；请将其从特征中去掉。</translation>
  </message>
  <message>
   <source>{}: all samples lie along {}; estimates away from it are uncertain and a linear drift cannot be fitted.</source>
   <translation>{}：所有样品都在{}上；离开它的估计不可靠，也无法拟合线性漂移。</translation>
  </message>
  <message>
   <source>{}: all {:,} samples lie at the same place; check the coordinates of the layer.</source>
   <translation>{}：全部 {:,} 个样品位于同一位置；请检查图层的坐标。</translation>
  </message>
  <message>
   <source>{}: all {:,} values of the field '{}' are equal ({:g}), so there is nothing to interpolate; choose another field.</source>
   <translation>{}：全部 {:,} 个值（字段“{}”）都相等（{:g}），因此无可插值；请选择另一个字段。</translation>
  </message>
  <message>
   <source>{}: choose at least one field with assays.</source>
   <translation>{}：请至少选择一个化验字段。</translation>
  </message>
  <message>
   <source>{}: choose the field '{}'.</source>
   <translation>{}：请选择字段“{}”。</translation>
  </message>
  <message>
   <source>{}: choose the field with the unit of each polygon.</source>
   <translation>{}：请选择每个多边形的单元字段。</translation>
  </message>
  <message>
   <source>{}: coordinates are in degrees ({} {}), in which depths cannot be laid out; choose a projected CRS, such as the UTM zone of the area, in 'CRS'.</source>
   <translation>{}：坐标为度（{} {}），无法展布深度；请在“坐标参考系”中选择投影坐标参考系，例如该区的 UTM 带。</translation>
  </message>
  <message>
   <source>{}: coordinates are in degrees ({} {}), in which distances cannot be measured; choose a projected CRS, such as the UTM zone of the area, in 'CRS'.</source>
   <translation>{}：坐标为度（{} {}），无法量测距离；请在“坐标参考系”中选择投影坐标参考系，例如该区的 UTM 带。</translation>
  </message>
  <message>
   <source>{}: every number must be finite.</source>
   <translation>{}：每个数都必须有限。</translation>
  </message>
  <message>
   <source>{}: field '{}', read as {} in {}.</source>
   <translation>{}：字段“{}”，按 {} 读取，单位 {}。</translation>
  </message>
  <message>
   <source>{}: no feature of '{}' has a place; choose another layer.</source>
   <translation>{}：“{}”没有带位置的要素；请选择另一个图层。</translation>
  </message>
  <message>
   <source>{}: no feature of '{}' has a shape; choose another layer.</source>
   <translation>{}：“{}”没有带形状的要素；请选择另一个图层。</translation>
  </message>
  <message>
   <source>{}: no field with values was chosen; choose at least one.</source>
   <translation>{}：没有选择数值字段；请至少选择一个。</translation>
  </message>
  <message>
   <source>{}: no polygon of '{}' has both a shape and a value in '{}'.</source>
   <translation>{}：“{}”没有既有形状又在“{}”中有值的多边形。</translation>
  </message>
  <message>
   <source>{}: no polygon of '{}' holds the centre of a cell; choose polygons in the area of the raster.</source>
   <translation>{}：“{}”没有多边形包含单元中心；请选择栅格区域内的多边形。</translation>
  </message>
  <message>
   <source>{}: none of the {:,} features has both a place and a value in {}; choose other fields or another layer.</source>
   <translation>{}：{:,} 个要素中没有一个既有位置又在 {} 中有值；请选择其他字段或另一个图层。</translation>
  </message>
  <message>
   <source>{}: none of the {:,} points of '{}' lies on a cell with data inside the study area; choose another raster, mask or points.</source>
   <translation>{}：{:,} 个点（“{}”）都不在研究区内有数据的单元上；请选择另外的栅格、掩膜或点。</translation>
  </message>
  <message>
   <source>{}: none of the {:,} points of '{}' lies on the raster; check the CRS of both, or choose points of its area.</source>
   <translation>{}：{:,} 个点（“{}”）都不在栅格上；请检查二者的坐标参考系，或选择其区域内的点。</translation>
  </message>
  <message>
   <source>{}: the expression '{}' cannot be read ({}); correct it.</source>
   <translation>{}：表达式“{}”无法解析（{}）；请更正。</translation>
  </message>
  <message>
   <source>{}: the expression '{}' fails ({}); correct it.</source>
   <translation>{}：表达式“{}”出错（{}）；请更正。</translation>
  </message>
  <message>
   <source>{}: the field '{}' has {} at a place, and at least {} are needed; choose another field or more samples.</source>
   <translation>{}：字段“{}”有{}带位置，至少需要 {} 个；请选择另一个字段或更多样品。</translation>
  </message>
  <message>
   <source>{}: the field '{}' holds text that is not a number in {:,} of {:,} features, for example '{}'; put numbers in their place first, such as half the detection limit, or leave them empty.</source>
   <translation>{}：字段“{}”含有不是数字的文字，{:,} 个要素（共 {:,} 个），例如“{}”；请先换成数字，例如检出限的一半，或留空。</translation>
  </message>
  <message>
   <source>{}: the field '{}' holds text that is not a number in {:,} of {:,} rows, for example '{}'; choose another field, or correct or empty these cells.</source>
   <translation>{}：字段“{}”含有不是数字的文字，{:,} 行（共 {:,} 行），例如“{}”；请选择另一个字段，或更正或清空这些单元格。</translation>
  </message>
  <message>
   <source>{}: the field '{}' holds {} values and no assays; choose fields with numbers or text.</source>
   <translation>{}：字段“{}”含有 {} 类型的值而不是化验；请选择数字或文本字段。</translation>
  </message>
  <message>
   <source>{}: the field '{}' holds {}, not numbers; choose a field with numbers.</source>
   <translation>{}：字段“{}”含有{}，而不是数字；请选择数字字段。</translation>
  </message>
  <message>
   <source>{}: the layer has no coordinate reference system; its coordinates are taken as metres.</source>
   <translation>{}：图层没有坐标参考系；其坐标按米处理。</translation>
  </message>
  <message>
   <source>{}: the points of '{}' have no Z; choose a field with elevations or an elevation raster.</source>
   <translation>{}：“{}”的点没有 Z 值；请选择高程字段或高程栅格。</translation>
  </message>
  <message>
   <source>{}: the samples have no field '{}'; choose one of: {}.</source>
   <translation>{}：样品没有字段“{}”；请选择下列之一：{}。</translation>
  </message>
  <message>
   <source>{}: the unit of the coordinate reference system is not known; its coordinates are taken as metres.</source>
   <translation>{}：坐标参考系的单位未知；其坐标按米处理。</translation>
  </message>
  <message>
   <source>{}: the unit of {} is {}; cell size, levels, elevations and variogram ranges are all read in that unit, and gradients are per that unit.</source>
   <translation>{}：{} 的单位为 {}；单元大小、层位、高程和变程都按该单位读取，梯度也按该单位计。</translation>
  </message>
  <message>
   <source>{}: there is no field '{}' in '{}'; its fields are: {}.</source>
   <translation>{}：没有字段“{}”（图层“{}”）；其字段为：{}。</translation>
  </message>
  <message>
   <source>{}: three dimensions were asked for, but the points have no elevation; choose an elevation field, or set the dimensions to 2 or auto.</source>
   <translation>{}：要求按三维计算，但点没有高程；请选择高程字段，或将维数设为 2 或 auto。</translation>
  </message>
  <message>
   <source>{}: with single samples left out R2 would read {}; do not trust that for new places.</source>
   <translation>{}：单个样品留出时 R2 会显示为 {}；对新的位置请勿相信它。</translation>
  </message>
  <message>
   <source>{}: {:,} left out {}.</source>
   <translation>{}：{:,} 个{}，未使用。</translation>
  </message>
  <message>
   <source>{}: {:,} polygons were not valid and were repaired.</source>
   <translation>{}：{:,} 个多边形无效，已修复。</translation>
  </message>
  <message>
   <source>{}: {:,} polygons without a shape or without a value are left out.</source>
   <translation>{}：略去 {:,} 个没有形状或没有值的多边形。</translation>
  </message>
  <message>
   <source>{}: {} samples, transform {}.</source>
   <translation>{}：{} 个样品，变换 {}。</translation>
  </message>
  <message>
   <source>{}; 'Prepare assays' reads detection limits and the like.</source>
   <translation>{}；“整理化验数据”可读取检出限等写法。</translation>
  </message>
  <message>
   <source>“{}” failed ({}): the log says more; nothing was kept.</source>
   <translation>“{}”失败（{}）：详见日志；没有保留任何内容。</translation>
  </message>
  <message>
   <source>“{}” needs a value.</source>
   <translation>“{}”需要一个值。</translation>
  </message>
  <message>
   <source>✔ complete</source>
   <translation>✔ 完整</translation>
  </message>
  <message>
   <source>✔ in use</source>
   <translation>✔ 使用中</translation>
  </message>
 </context>
</TS>
